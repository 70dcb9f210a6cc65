//! Who calls: one holder of each token type, and their forgeries.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fleetgate_protocol::jws::{Algorithm, SigningKey, Typ};
use fleetgate_protocol::operations::{Operation, Place, TelemetryOperation};
use fleetgate_protocol::telemetry::AUDIENCE;
use fleetgate_protocol::{Region, SCOPES, TokenType};
use fleetgate_server::entropy::{account_number, hash};
use fleetgate_server::keys::pkcs8_from_pem;
use fleetgate_server::sandbox::world::DescribedVehicle;
use fleetgate_simulator::Connectivity;
use fleetgate_store::{DeviceKind, StoredInvitation};
use serde_json::{Map, Value, json};

use crate::harness::{Answer, App, DAY, Sandbox, claims, header};

const NA: &str = "https://fleet-api.prd.na.vn.cloud.tesla.com";

/// A holder of a token.
#[derive(Debug)]
pub(super) struct Actor {
    pub(super) token_type: TokenType,
    pub(super) app: App,
    /// As whom it acts: the owner of its devices.
    owner: &'static str,
    /// The application's own.
    domain: String,
    pub(super) token: String,
}

/// One actor of each token type.
pub(super) struct Actors<'s> {
    sandbox: &'s Sandbox,
    all: Vec<Actor>,
    /// Real tokens that do not open the API.
    refresh_token: String,
    id_token: String,
}

/// How a token can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forgery {
    Empty,
    Garbage,
    Dots,
    ManyDots,
    Oversized,
    RefreshToken,
    IdToken,
    Truncated,
    Extended,
    Expired,
    NotYet,
    AnotherIssuer,
    AnotherAudience,
    OtherRegionsAudience,
    NoAudience,
    ForeignKey,
    UnknownKey,
    ChangedClaims,
    Unsigned,
    HmacWithThePublicKey,
    KeyInTheHeader,
    CriticalHeader,
}

impl Forgery {
    pub(super) const ALL: [Self; 22] = [
        Self::Empty,
        Self::Garbage,
        Self::Dots,
        Self::ManyDots,
        Self::Oversized,
        Self::RefreshToken,
        Self::IdToken,
        Self::Truncated,
        Self::Extended,
        Self::Expired,
        Self::NotYet,
        Self::AnotherIssuer,
        Self::AnotherAudience,
        Self::OtherRegionsAudience,
        Self::NoAudience,
        Self::ForeignKey,
        Self::UnknownKey,
        Self::ChangedClaims,
        Self::Unsigned,
        Self::HmacWithThePublicKey,
        Self::KeyInTheHeader,
        Self::CriticalHeader,
    ];
}

impl<'s> Actors<'s> {
    pub(super) async fn of(sandbox: &'s Sandbox) -> Self {
        let robin = sandbox.minted(&json!({"application": "Charge Planner"})).await;
        let mut actors = Self {
            sandbox,
            all: Vec::new(),
            refresh_token: robin.text_of("refresh_token"),
            id_token: robin.text_of("id_token"),
        };
        let open_source = sandbox.minted(&json!({"application": "Open Garage"})).await.text_of("access_token");
        let auth_code = sandbox.auth_code(&json!({"application": "Charge Planner"})).await;
        let business = machine(sandbox, &sandbox.app("Charge Planner"), &[("auth_code", &auth_code)]).await;
        let partner = machine(sandbox, &sandbox.app("Harbor Dispatch"), &[]).await;
        let (person, couriers) = ("robin@example.com", "office@harbor-couriers.test");
        actors.add(TokenType::ThirdParty, "Charge Planner", person, robin.text_of("access_token"));
        actors.add(TokenType::OpenSource, "Open Garage", person, open_source);
        actors.add(TokenType::ThirdPartyBusiness, "Charge Planner", couriers, business);
        actors.add(TokenType::Partner, "Harbor Dispatch", couriers, partner);
        assert_eq!(actors.all.len(), TokenType::ALL.len());
        actors
    }

    fn add(&mut self, token_type: TokenType, application: &str, owner: &'static str, token: String) {
        let actor = self.actor(token_type, application, owner, token);
        self.all.push(actor);
    }

    fn actor(&self, token_type: TokenType, application: &str, owner: &'static str, token: String) -> Actor {
        let described = self.sandbox.world.applications.iter().find(|app| app.name == application).expect("known");
        let domain = described.domain.clone().expect("a domain");
        Actor { token_type, app: self.sandbox.app(application), owner, domain, token }
    }

    /// A token of an application that is registered nowhere.
    pub(super) async fn unregistered(&self, token_type: TokenType, application: &str) -> Actor {
        let (owner, token) = match token_type {
            TokenType::ThirdParty | TokenType::OpenSource => {
                let order = json!({"application": application});
                ("robin@example.com", self.sandbox.minted(&order).await.text_of("access_token"))
            }
            TokenType::Partner => {
                ("office@harbor-couriers.test", machine(self.sandbox, &self.sandbox.app(application), &[]).await)
            }
            TokenType::ThirdPartyBusiness => {
                let auth_code = self.sandbox.auth_code(&json!({"application": application})).await;
                let app = self.sandbox.app(application);
                ("office@harbor-couriers.test", machine(self.sandbox, &app, &[("auth_code", &auth_code)]).await)
            }
        };
        self.actor(token_type, application, owner, token)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Actor> {
        self.all.iter()
    }

    pub(super) fn of_type(&self, token_type: TokenType) -> &Actor {
        self.all.iter().find(|actor| actor.token_type == token_type).expect("one of each type")
    }

    pub(super) fn owns_a_site(&self, actor: &Actor) -> bool {
        self.sandbox.world.energy_sites.iter().any(|site| site.owner == actor.owner)
    }

    /// The VIN of the actor's own car that is awake.
    fn awake(&self, actor: &Actor) -> &str {
        let awake = |car: &&DescribedVehicle| car.owner == actor.owner && car.state == Connectivity::Online;
        &self.sandbox.world.vehicles.iter().find(awake).expect("an awake car").vin
    }

    /// The row's path with the actor's own devices in it.
    pub(super) fn path(&self, row: &Operation, actor: &Actor) -> String {
        self.path_to(row, actor, "1")
    }

    /// The same with the id of a thing, where the path names one.
    fn path_to(&self, row: &Operation, actor: &Actor, thing: &str) -> String {
        let world = &self.sandbox.world;
        let vin = self.awake(actor);
        let own_site = world.energy_sites.iter().find(|site| site.owner == actor.owner);
        let site = own_site.unwrap_or(&world.energy_sites[0]).energy_site_id.to_string();
        let mut path = row.path.replace("{vehicle_tag}", vin).replace("{vin}", vin).replace("{energy_site_id}", &site);
        path = path.replace("{invitation_id}", thing).replace("{invoice_id}", thing);
        assert!(!path.contains('{'), "{path}");
        let needed =
            row.parameters.iter().filter(|it| it.place == Place::Query && (it.required || it.name == "domain"));
        let mut query = form_urlencoded::Serializer::new(String::new());
        for parameter in needed {
            let example: Value = serde_json::from_str(parameter.example).expect("an example in JSON");
            let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            let value = match parameter.name {
                "domain" => actor.domain.as_str(),
                "vin" => vin,
                _ => example.as_str(),
            };
            query.append_pair(parameter.name, value);
        }
        let query = query.finish();
        if !query.is_empty() {
            path.push_str(&format!("?{query}"));
        }
        path
    }

    /// Path and body of a call that can succeed: what it is about is made, and there.
    async fn prepared(&self, row: &Operation, actor: &Actor) -> (String, Value) {
        let store = &self.sandbox.state.store;
        let account = async |email: &str| store.account_by_email(email).await.expect("read").expect("an account").id;
        let (vin, mut body) = (self.awake(actor), self.body(row, actor));
        let mut path = self.path(row, actor);
        match row.name {
            "drivers_remove" => {
                let sam = account("sam@example.com").await;
                store.share_device(DeviceKind::Vehicle, vin, &sam, "driver").await.expect("shared");
                path.push_str(&format!("?share_user_id={}", account_number(&sam)));
            }
            "share_invites_redeem" => {
                let (_, code) = self.invitation("5YJXCDE28LF230915").await;
                store.remove_driver("5YJXCDE28LF230915", &account(actor.owner).await).await.expect("removed");
                body["code"] = code.into();
            }
            "share_invites_revoke" => path = self.path_to(row, actor, &self.invitation(vin).await.0.to_string()),
            "charging_invoice" => {
                let owner = account(actor.owner).await;
                let sessions = store.charging_sessions(&owner, None, None, None, None, true, 0, 1).await.expect("read");
                let session: Value = serde_json::from_str(&sessions.0[0].document).expect("JSON");
                path = self.path_to(row, actor, session["invoice_id"].as_str().expect("an id"));
            }
            "fleet_telemetry_config_jws" => body["token"] = self.signed_config(actor).await.into(),
            _ => {}
        }
        (path, body)
    }

    /// An invitation to drive a car: its number and its code.
    async fn invitation(&self, vin: &str) -> (i64, String) {
        static NUMBER: AtomicI64 = AtomicI64::new(1);
        let (id, now) = (NUMBER.fetch_add(1, Ordering::Relaxed), self.sandbox.now());
        let invitation = StoredInvitation {
            id,
            vin: vin.to_owned(),
            code_hash: hash(&format!("code-{id}")),
            sealed_code: Vec::new(),
            created_at: now,
            expires_at: now + DAY,
            revoked_at: None,
            redeemed_at: None,
            redeemed_by: None,
        };
        self.sandbox.state.store.insert_invitation(&invitation).await.expect("an invitation");
        (id, format!("code-{id}"))
    }

    /// A telemetry configuration that is signed by the actor's application, if that is registered.
    async fn signed_config(&self, actor: &Actor) -> String {
        let client_id = &actor.app.client_id;
        let registered = self.sandbox.state.store.registration(client_id, Region::Na).await.expect("read");
        let Some(registered) = registered else { return "unsigned".to_owned() };
        let described = self.sandbox.world.applications.iter().find(|app| app.client_id == *client_id);
        let pem = described.expect("known").private_key_pem.as_deref().expect("a key");
        let key = SigningKey::from_pkcs8(Algorithm::Es256, "", &pkcs8_from_pem(pem).expect("PKCS#8")).expect("a key");
        let row = TelemetryOperation::Create.row();
        let config = row.parameters.iter().find(|parameter| parameter.name == "config").expect("a configuration");
        let mut claims: Value = serde_json::from_str(config.example).expect("JSON");
        claims["iss"] = STANDARD.encode(hex::decode(registered.public_key).expect("hexadecimal")).into();
        claims["aud"] = AUDIENCE.into();
        key.sign(Typ::Jwt, claims.to_string().as_bytes()).expect("signed")
    }

    /// The body that the row's parameters describe.
    fn body(&self, row: &Operation, actor: &Actor) -> Value {
        let in_body = row.parameters.iter().filter(|parameter| parameter.place == Place::Body);
        let members: Map<String, Value> = in_body
            .map(|parameter| {
                let example = serde_json::from_str(parameter.example).expect("an example in JSON");
                let value = match parameter.name {
                    "domain" => actor.domain.clone().into(),
                    "vins" => json!([self.awake(actor)]),
                    _ => example,
                };
                (parameter.name.to_owned(), value)
            })
            .collect();
        members.into()
    }

    pub(super) async fn call(&self, row: &Operation, actor: &Actor, token: Option<&str>) -> Answer {
        self.ask(row, actor, token, None, &[]).await
    }

    /// A call under a `Host` name, with a query.
    pub(super) async fn ask(
        &self,
        row: &Operation,
        actor: &Actor,
        token: Option<&str>,
        host: Option<&str>,
        query: &[(&str, &str)],
    ) -> Answer {
        let (path, body) = self.prepared(row, actor).await;
        let mut url = self.sandbox.url(&path);
        if !query.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish());
        }
        let method: http::Method = row.method.as_str().parse().expect("a method");
        self.sandbox
            .send(|http| {
                let mut request = http.request(method.clone(), url);
                if method == http::Method::POST {
                    request = request.json(&body);
                }
                if let Some(token) = token {
                    request = request.header("Authorization", format!("Bearer {token}"));
                }
                if let Some(host) = host {
                    request = request.header("Host", host);
                }
                request
            })
            .await
    }

    /// The actor's token with these of all known scopes.
    pub(super) fn with_scopes(&self, actor: &Actor, keep: impl Fn(&str) -> bool) -> String {
        let scopes: Vec<&str> = SCOPES.iter().map(|scope| scope.name).filter(|scope| keep(scope)).collect();
        self.changed(actor, "scp", json!(scopes))
    }

    /// The actor's token with another claim, signed by the server.
    fn changed(&self, actor: &Actor, claim: &str, value: Value) -> String {
        let mut claims = claims(&actor.token);
        claims[claim] = value;
        self.sandbox.signed(&claims)
    }

    pub(super) fn forge(&self, actor: &Actor, forgery: Forgery) -> String {
        let token = actor.token.as_str();
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let (head, payload) = signed.split_once('.').expect("three parts");
        let now = self.sandbox.now() / 1_000_000;
        let kid = header(token)["kid"].as_str().expect("a key id").to_owned();
        let with_header = |header: Value, signature: &str| format!("{}.{payload}.{signature}", encode(&header));
        match forgery {
            Forgery::Empty => String::new(),
            Forgery::Garbage => "not-a-token".to_owned(),
            Forgery::Dots => "a.b.c".to_owned(),
            Forgery::ManyDots => ".".repeat(4000),
            Forgery::Oversized => format!("{head}.{}.{signature}", "A".repeat(9000)),
            Forgery::RefreshToken => self.refresh_token.clone(),
            Forgery::IdToken => self.id_token.clone(),
            Forgery::Truncated => token[..token.len() - 1].to_owned(),
            Forgery::Extended => format!("{token}A"),
            Forgery::Expired => self.changed(actor, "exp", json!(now)),
            Forgery::NotYet => self.changed(actor, "iat", json!(now + DAY / 1_000_000)),
            Forgery::AnotherIssuer => self.changed(actor, "iss", json!("https://evil.test/oauth2/v3/thirdparty")),
            Forgery::AnotherAudience => self.changed(actor, "aud", json!(["https://evil.test"])),
            Forgery::OtherRegionsAudience => {
                self.changed(actor, "aud", json!(["https://fleet-api.prd.eu.vn.cloud.tesla.com"]))
            }
            Forgery::NoAudience => self.changed(actor, "aud", json!([])),
            Forgery::ForeignKey => foreign(&kid, &claims(token)),
            Forgery::UnknownKey => foreign("unknown", &claims(token)),
            Forgery::ChangedClaims => {
                let mut claims = claims(token);
                claims["sub"] = json!("00000000-0000-4000-8000-000000000000");
                format!("{head}.{}.{signature}", encode(&claims))
            }
            Forgery::Unsigned => with_header(json!({"alg": "none", "typ": "JWT", "kid": kid}), ""),
            Forgery::HmacWithThePublicKey => {
                let head = encode(&json!({"alg": "HS256", "typ": "JWT", "kid": kid}));
                let set = serde_json::to_vec(&self.sandbox.state.keys.set()).expect("JSON");
                let key = hmac::Key::new(hmac::HMAC_SHA256, &set);
                let text = format!("{head}.{payload}");
                let tag = hmac::sign(&key, text.as_bytes());
                format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
            }
            Forgery::KeyInTheHeader => {
                let jwk = foreign_key("embedded").public_jwk(None);
                let head =
                    json!({"alg": "RS256", "typ": "JWT", "kid": "embedded", "jwk": jwk, "jku": "https://evil.test"});
                with_header(head, signature)
            }
            Forgery::CriticalHeader => {
                with_header(json!({"alg": "RS256", "typ": "JWT", "kid": kid, "crit": ["exp"]}), signature)
            }
        }
    }
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Claims signed by somebody else's key.
fn foreign(kid: &str, claims: &Value) -> String {
    foreign_key(kid).sign(Typ::Jwt, claims.to_string().as_bytes()).expect("signed")
}

fn foreign_key(kid: &str) -> SigningKey {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    let pkcs8 = KEY.get_or_init(|| SigningKey::generate(Algorithm::Rs256).expect("a key"));
    SigningKey::from_pkcs8(Algorithm::Rs256, kid, pkcs8).expect("a key")
}

/// A token of `client_credentials` with everything that the application holds.
async fn machine(sandbox: &Sandbox, app: &App, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("grant_type", "client_credentials"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_deref().expect("a secret")),
        ("audience", NA),
    ];
    fields.extend(more);
    let answer = sandbox.token(&fields).await;
    assert_eq!(answer.status, http::StatusCode::OK, "{}", answer.text);
    answer.text_of("access_token")
}
