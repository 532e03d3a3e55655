// MQTT.js with mqtt-level-store: every outgoing packet is kept in LevelDB until its PUBACK.
//
//   node device.js enqueue PLACE RECORDS COUNT PRODUCERS HOST PORT   prints its figures as JSON
//   node device.js drain PLACE HOST PORT                             sends until killed
'use strict'

const fs = require('fs')
const mqtt = require('mqtt')
const levelStore = require('mqtt-level-store')

const TOPIC = 'bench/kiosk-bench/up'
const [, , order, place, ...rest] = process.argv
const store = levelStore(place)

function connect (host, port, reconnectPeriod) {
  const client = mqtt.connect(`mqtt://${host}:${port}`, {
    clientId: 'kiosk-bench',
    clean: false,
    protocolVersion: 4,
    outgoingStore: store.outgoing,
    incomingStore: store.incoming,
    reconnectPeriod
  })
  client.on('error', () => {})
  return client
}

async function enqueue (records, count, producers, host, port) {
  const lines = fs.readFileSync(records, 'utf8').split('\n').slice(0, count)
  const client = connect(host, port, 60000)
  const latencies = []
  async function produce (own) {
    for (let at = own; at < count; at += producers) {
      const before = process.hrtime.bigint()
      await new Promise((resolve) => client.publish(TOPIC, lines[at], { qos: 1, cbStorePut: resolve }, () => {}))
      latencies.push(Number(process.hrtime.bigint() - before) / 1e3)
    }
  }
  const started = process.hrtime.bigint()
  await Promise.all(Array.from({ length: producers }, (_, own) => produce(own)))
  const elapsed = Number(process.hrtime.bigint() - started) / 1e9
  latencies.sort((a, b) => a - b)
  const at = (share) => latencies[Math.min(Math.floor(count * share), count - 1)]
  console.log(JSON.stringify({ count, rate_per_s: count / elapsed, p50_us: at(0.5), p99_us: at(0.99) }))
  process.kill(process.pid, 'SIGKILL')
}

if (order === 'enqueue') enqueue(rest[0], Number(rest[1]), Number(rest[2]), rest[3], rest[4])
else connect(rest[0], rest[1], 1000)
