CREATE TABLE shipments (
    order_id TEXT NOT NULL,
    total    NUMERIC(10, 2) NOT NULL,
    status   TEXT NOT NULL
);
