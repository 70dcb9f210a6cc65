-- What the answers to an application cost, summed up by day (counted from 1970-01-01, UTC), operation and device. A device is
-- its VIN or its number; '' stands for answers about none.
CREATE TABLE costs (
    day BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    device TEXT NOT NULL,
    answers BIGINT NOT NULL,
    thousandths BIGINT NOT NULL,
    PRIMARY KEY (day, client_id, operation, device)
);
