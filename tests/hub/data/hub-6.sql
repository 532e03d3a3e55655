BEGIN TRANSACTION;
CREATE TABLE device_epochs (
	device VARCHAR(64) NOT NULL, 
	epoch BIGINT NOT NULL, 
	PRIMARY KEY (device)
);
CREATE TABLE devices (
	name VARCHAR(64) NOT NULL, 
	public_key BLOB NOT NULL, 
	enrolled_s BIGINT NOT NULL, 
	hub_key_id BLOB, 
	revoked_s BIGINT, 
	quarantined_s BIGINT, 
	quarantine_reason VARCHAR, 
	PRIMARY KEY (name)
);
INSERT INTO "devices" VALUES('kiosk-1',X'3B6A27BCCEB6A42D62A3A8D02A6F0D73653215771DE243A63AC048A18B59DA29',1795475887,NULL,NULL,NULL,NULL);
INSERT INTO "devices" VALUES('kiosk-2',X'3B6A27BCCEB6A42D62A3A8D02A6F0D73653215771DE243A63AC048A18B59DA29',1795475887,NULL,1795475887,NULL,NULL);
CREATE TABLE epochs (
	epoch INTEGER NOT NULL, 
	PRIMARY KEY (epoch)
);
INSERT INTO "epochs" VALUES(1);
CREATE TABLE forks (
	stream_id INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	frame BLOB NOT NULL, 
	PRIMARY KEY (stream_id, seq), 
	FOREIGN KEY(stream_id) REFERENCES streams (id)
);
CREATE TABLE ingests (
	number INTEGER NOT NULL, 
	count INTEGER NOT NULL, 
	seen_s BIGINT NOT NULL, 
	PRIMARY KEY (number, count)
);
CREATE TABLE losses (
	stream_id INTEGER NOT NULL, 
	first_seq BIGINT NOT NULL, 
	last_seq BIGINT NOT NULL, 
	PRIMARY KEY (stream_id, first_seq), 
	FOREIGN KEY(stream_id) REFERENCES streams (id)
);
CREATE TABLE parked (
	digest BLOB NOT NULL, 
	device VARCHAR(64) NOT NULL, 
	reason VARCHAR NOT NULL, 
	payload BLOB NOT NULL, 
	parked_s BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE records (
	stream_id INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	device VARCHAR(64) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	boot VARCHAR(36) NOT NULL, 
	boottime_ns BIGINT NOT NULL, 
	wall_s FLOAT NOT NULL, 
	synchronised BOOLEAN NOT NULL, 
	fields JSON NOT NULL, 
	PRIMARY KEY (stream_id, seq), 
	FOREIGN KEY(stream_id) REFERENCES streams (id)
);
CREATE TABLE registry (
	version BIGINT NOT NULL
);
INSERT INTO "registry" VALUES(4);
CREATE TABLE rows (
	stream_id INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	nonce BIGINT NOT NULL, 
	sealed BLOB NOT NULL, 
	PRIMARY KEY (stream_id, seq), 
	FOREIGN KEY(stream_id) REFERENCES streams (id)
);
INSERT INTO "rows" VALUES(1,1,0,X'6F70656E696E67');
INSERT INTO "rows" VALUES(1,2,1,X'7265636F7264');
CREATE TABLE settled (
	id INTEGER NOT NULL, 
	device VARCHAR(64) NOT NULL, 
	stream BLOB NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	first_seq BIGINT NOT NULL, 
	last_seq BIGINT NOT NULL, 
	other BLOB, 
	note VARCHAR NOT NULL, 
	settled_s BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(device) REFERENCES devices (name)
);
CREATE TABLE steps (
	step INTEGER NOT NULL, 
	applied_s BIGINT NOT NULL, 
	PRIMARY KEY (step)
);
INSERT INTO "steps" VALUES(6,1795475887);
CREATE TABLE streams (
	id INTEGER NOT NULL, 
	device VARCHAR(64) NOT NULL, 
	stream BLOB NOT NULL, 
	tip_seq BIGINT NOT NULL, 
	tip_chain BLOB NOT NULL, 
	last_seq BIGINT DEFAULT '0' NOT NULL, 
	opened_seq BIGINT DEFAULT '0' NOT NULL, 
	hub_key_id BLOB, 
	lane VARCHAR(64), 
	previous_stream BLOB, 
	previous_seq BIGINT, 
	previous_chain BLOB, 
	PRIMARY KEY (id), 
	UNIQUE (device, stream), 
	FOREIGN KEY(device) REFERENCES devices (name)
);
INSERT INTO "streams" VALUES(1,'kiosk-1',X'01010101010101010101010101010101',2,X'FAA68A10FADA576F5535470F646A4C1E79860B246D97A6AEF976897D63FCDFC1',2,0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE unopened (
	stream_id INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	reason VARCHAR NOT NULL, 
	PRIMARY KEY (stream_id, seq), 
	FOREIGN KEY(stream_id) REFERENCES streams (id)
);
CREATE INDEX ix_parked_device ON parked (device);
CREATE INDEX streams_of_a_device ON streams (device, id);
CREATE INDEX streams_to_open ON streams (id) WHERE opened_seq < tip_seq;
CREATE INDEX ix_settled_device ON settled (device);
CREATE INDEX ix_records_kind ON records (kind);
CREATE INDEX ix_records_device ON records (device);
COMMIT;
