-- Times are microseconds since the Unix epoch. Lists are JSON, sets of scopes are separated by spaces.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row, whose version is raised with every change of accounts, applications and registrations.
CREATE TABLE directory (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO directory (id, version) VALUES (1, 1);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    password_hash TEXT,
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    locale TEXT NOT NULL,
    profile_image_url TEXT NOT NULL,
    vault_uuid TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

-- Counted before a password is looked at, so that parallel guesses count.
CREATE TABLE sign_in_attempts (
    account_key TEXT PRIMARY KEY,
    attempts BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);

CREATE TABLE applications (
    client_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    kind TEXT NOT NULL,
    grant_types TEXT NOT NULL,
    secret_hash {blob},
    sealed_secret {blob},
    redirect_uris TEXT NOT NULL,
    post_logout_redirect_uris TEXT NOT NULL,
    allowed_origins TEXT NOT NULL,
    domain TEXT,
    public_key_pem TEXT,
    sealed_private_key {blob},
    scopes TEXT NOT NULL,
    business_account_id TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    machine_grant_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE registrations (
    client_id TEXT NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    region TEXT NOT NULL,
    domain TEXT NOT NULL,
    public_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, region)
);
CREATE INDEX registrations_domain ON registrations (domain);
CREATE INDEX registrations_public_key ON registrations (public_key);

CREATE TABLE sessions (
    id_hash {blob} PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    auth_time BIGINT NOT NULL,
    amr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE pending_authorizations (
    id_hash {blob} PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    parameters TEXT NOT NULL,
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_authorizations_expiry ON pending_authorizations (expires_at);

CREATE TABLE consents (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, client_id)
);
CREATE INDEX consents_client ON consents (client_id);

CREATE TABLE codes (
    code_hash {blob} PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    code_challenge TEXT,
    nonce TEXT,
    state TEXT,
    locale TEXT,
    auth_time BIGINT NOT NULL,
    amr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT,
    grant_id TEXT
);
CREATE INDEX codes_account ON codes (account_id, client_id);
CREATE INDEX codes_expiry ON codes (expires_at);

-- One row is one grant, and all the refresh tokens of its family: `generation` is the newest that was issued.
-- What rotation writes stands in no index.
CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    region TEXT NOT NULL,
    scopes TEXT NOT NULL,
    refreshable BIGINT NOT NULL,
    mac_key_id BIGINT NOT NULL,
    auth_time BIGINT,
    amr TEXT NOT NULL,
    locale TEXT,
    created_at BIGINT NOT NULL,
    generation_expires_at BIGINT,
    absolute_expires_at BIGINT,
    generation BIGINT NOT NULL,
    rotated_at BIGINT,
    revoked_at BIGINT,
    revoked_reason TEXT
);
CREATE INDEX grants_client ON grants (client_id, account_id);
CREATE INDEX grants_account ON grants (account_id, client_id);

-- What ended before its access tokens expire. A row outlives its grant.
CREATE TABLE revocations (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    before_generation BIGINT,
    reason TEXT NOT NULL,
    revoked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX revocations_time ON revocations (revoked_at, subject);
CREATE INDEX revocations_expiry ON revocations (expires_at);

CREATE TABLE business_consents (
    code_hash {blob} PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES applications (client_id) ON DELETE CASCADE,
    business_account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    number BIGINT NOT NULL,
    sealed_private {blob} NOT NULL,
    public {blob} NOT NULL,
    created_at BIGINT NOT NULL,
    active_from BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE TABLE devices (
    kind TEXT NOT NULL,
    device_key TEXT NOT NULL,
    number BIGINT NOT NULL,
    owner_account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    region TEXT NOT NULL,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (kind, device_key),
    UNIQUE (kind, number)
);
CREATE INDEX devices_owner ON devices (owner_account_id, kind);

CREATE TABLE device_shares (
    kind TEXT NOT NULL,
    device_key TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (kind, device_key, account_id),
    FOREIGN KEY (kind, device_key) REFERENCES devices (kind, device_key) ON DELETE CASCADE
);
CREATE INDEX device_shares_account ON device_shares (account_id, kind);

CREATE TABLE charging_sessions (
    id BIGINT PRIMARY KEY,
    vin TEXT NOT NULL,
    owner_account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    started_at BIGINT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX charging_sessions_owner ON charging_sessions (owner_account_id, started_at);

CREATE TABLE orders (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    order_key TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account_id, order_key)
);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    ends_at BIGINT NOT NULL
);
