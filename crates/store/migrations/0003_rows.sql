-- Virtual keys that are paired with vehicles, by the uncompressed P-256 point in hexadecimal.
CREATE TABLE vehicle_keys (
    kind TEXT NOT NULL,
    device_key TEXT NOT NULL,
    public_key TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    paired_at BIGINT NOT NULL,
    PRIMARY KEY (kind, device_key, public_key),
    FOREIGN KEY (kind, device_key) REFERENCES devices (kind, device_key) ON DELETE CASCADE
);
CREATE INDEX vehicle_keys_client ON vehicle_keys (client_id);

-- What vehicles stream to applications. One without a document was removed, and the vehicle may not know yet.
CREATE TABLE telemetry_configs (
    kind TEXT NOT NULL,
    device_key TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    document TEXT,
    ends_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (kind, device_key, client_id),
    FOREIGN KEY (kind, device_key) REFERENCES devices (kind, device_key) ON DELETE CASCADE
);
CREATE INDEX telemetry_configs_client ON telemetry_configs (client_id);

-- Why vehicles could not stream.
CREATE TABLE telemetry_errors (
    client_id TEXT NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    device_key TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (client_id, kind, device_key, occurred_at),
    FOREIGN KEY (kind, device_key) REFERENCES devices (kind, device_key) ON DELETE CASCADE
);
CREATE INDEX telemetry_errors_device ON telemetry_errors (kind, device_key);

-- Invitations to drive a vehicle. The code is looked up by its hash, and shown to the owner from what is sealed.
CREATE TABLE invitations (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    device_key TEXT NOT NULL,
    code_hash {blob} NOT NULL UNIQUE,
    sealed_code {blob} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    redeemed_at BIGINT,
    redeemed_by TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    FOREIGN KEY (kind, device_key) REFERENCES devices (kind, device_key) ON DELETE CASCADE
);
CREATE INDEX invitations_device ON invitations (kind, device_key, created_at);

-- What people keep here that nobody else asks about: their public keys and their push subscriptions.
CREATE TABLE account_documents (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    document_key TEXT NOT NULL,
    document TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, kind, document_key)
);

-- Who pays for a vehicle, in JSON, where it is not the owner.
ALTER TABLE devices ADD COLUMN payer TEXT;
