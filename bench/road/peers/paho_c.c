/* Paho C 1.3 (MQTTAsync) with its file persistence: each message is a file until its PUBACK.
 *
 *   paho_c enqueue PLACE RECORDS COUNT PRODUCERS HOST PORT   prints its figures as JSON
 *   paho_c drain PLACE HOST PORT                             sends until killed
 */
#include <MQTTAsync.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TOPIC "bench/kiosk-bench/up"
#define MAX_LINE 4096
#define MAX_PRODUCERS 64

static MQTTAsync client;
static char **lines;
static double *latencies_s;
static int count, producers;

static double now_s(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec * 1e-9;
}

static int by_size(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static int ignore_message(void *context, char *topic, int length, MQTTAsync_message *message) { return 1; }

static void *produce(void *own) {
    for (int at = (int)(long)own; at < count; at += producers) {
        MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
        double before_s = now_s();
        int code = MQTTAsync_send(client, TOPIC, (int)strlen(lines[at]), lines[at], 1, 0, &options);
        if (code != MQTTASYNC_SUCCESS) {
            fprintf(stderr, "record %d refused: %d\n", at, code);
            exit(1);
        }
        latencies_s[at] = now_s() - before_s;
    }
    return NULL;
}

static void read_lines(const char *path) {
    static char line[MAX_LINE];
    FILE *file = fopen(path, "r");
    lines = calloc(count, sizeof *lines);
    latencies_s = calloc(count, sizeof *latencies_s);
    for (int at = 0; at < count && fgets(line, sizeof line, file); at++) {
        line[strcspn(line, "\n")] = '\0';
        lines[at] = strdup(line);
    }
    fclose(file);
}

static void enqueue(void) {
    pthread_t threads[MAX_PRODUCERS];
    double started_s = now_s();
    for (long own = 0; own < producers; own++) pthread_create(&threads[own], NULL, produce, (void *)own);
    for (int own = 0; own < producers; own++) pthread_join(threads[own], NULL);
    double elapsed_s = now_s() - started_s;
    qsort(latencies_s, count, sizeof *latencies_s, by_size);
    printf("{\"count\":%d,\"rate_per_s\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n", count, count / elapsed_s,
           latencies_s[count / 2] * 1e6, latencies_s[count * 99 / 100] * 1e6);
    fflush(stdout);
    kill(getpid(), SIGKILL);
}

static void drain(void) {
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    options.cleansession = 0;
    options.automaticReconnect = 1;
    options.minRetryInterval = 1;
    options.maxRetryInterval = 1;
    options.maxInflight = 100;
    int code = MQTTAsync_connect(client, &options);
    if (code != MQTTASYNC_SUCCESS) {
        fprintf(stderr, "cannot connect: %d\n", code);
        exit(1);
    }
    for (;;) pause();
}

int main(int argc, char **argv) {
    char uri[64];
    snprintf(uri, sizeof uri, "tcp://%s:%s", argv[argc - 2], argv[argc - 1]);
    MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
    options.sendWhileDisconnected = 1;
    options.allowDisconnectedSendAtAnyTime = 1;
    options.maxBufferedMessages = 2000000;
    options.restoreMessages = 1;
    int code = MQTTAsync_createWithOptions(&client, uri, "kiosk-bench", MQTTCLIENT_PERSISTENCE_DEFAULT, argv[2], &options);
    if (code != MQTTASYNC_SUCCESS) {
        fprintf(stderr, "cannot create a client in %s: %d\n", argv[2], code);
        return 1;
    }
    MQTTAsync_setCallbacks(client, NULL, NULL, ignore_message, NULL);
    if (strcmp(argv[1], "enqueue") == 0) {
        count = atoi(argv[4]);
        producers = atoi(argv[5]);
        read_lines(argv[3]);
        enqueue();
    } else {
        drain();
    }
    return 0;
}
