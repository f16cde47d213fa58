PRAGMA application_id = 1481786454;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE film (
        id INTEGER PRIMARY KEY,
        sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64)
    ) STRICT
    ;
INSERT INTO "film" VALUES(1,'5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9');
INSERT INTO "film" VALUES(2,'6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b');
CREATE TABLE place (
        path TEXT PRIMARY KEY,
        film_id INTEGER NOT NULL REFERENCES film (id),
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL
    ) STRICT
    ;
CREATE TABLE verdict (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        token TEXT NOT NULL UNIQUE,
        film_id INTEGER NOT NULL REFERENCES film (id),
        file_name TEXT NOT NULL,
        reader TEXT NOT NULL CHECK (reader <> ''),
        given_at TEXT NOT NULL,
        opinion TEXT NOT NULL CHECK (opinion IN ('fracture', 'no fracture', 'unsure')),
        note TEXT NOT NULL DEFAULT '',
        mark_x REAL,
        mark_y REAL,
        mark_width REAL,
        mark_height REAL,
        seconds REAL NOT NULL CHECK (seconds >= 0),
        score_seen INTEGER NOT NULL CHECK (score_seen IN (0, 1)),
        model TEXT,
        score REAL CHECK (score BETWEEN 0 AND 1),
        threshold REAL CHECK (threshold BETWEEN 0 AND 1),
        model_opinion TEXT CHECK (model_opinion IN ('fracture', 'no fracture', 'unsure'))
    ) STRICT
    ;
INSERT INTO "verdict" VALUES(1,'5460208f413f4298a5275df1a3e9a5c8',1,'film 0.png','Reader 1','2026-11-24T09:30:00.123+00:00','fracture','distal radius, "torus"; siehe Ulna ü',10.5,20.25,30.0,4.0,12.75,1,'run 1, best',0.31,0.5,'no fracture');
INSERT INTO "verdict" VALUES(2,'5ce7d0bc181f43f9b7b45a2a13894a72',2,'film 1.png','Reader 1','2026-11-24T09:30:00.123+00:00','unsure','',NULL,NULL,NULL,NULL,0.0,0,NULL,NULL,NULL,NULL);
CREATE INDEX verdict_by_film ON verdict (film_id, reader, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('verdict',2);
COMMIT;
