//! Commands to the gateway itself, which the service hands on as they are.
//!
//! They are not documented; names and shapes are those that clients use.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use fleetgate_protocol::energy::{GatewayAnswer, GatewayMessage};
use fleetgate_protocol::parameters::whole_number;

use super::profile::Spell;
use super::render::{CONNECTOR_PART, FIRMWARE, GATEWAY_PART};
use super::{EnergySite, SettingError};
use crate::time::{DAY, SECOND, utc};

/// How long a backup event lasts unless told, seconds, and at most.
const BACKUP_SECONDS: i64 = 2 * 3600;
const MOST_BACKUP_SECONDS: i64 = 7 * 86_400;
/// How far ahead one can be planned.
const FARTHEST: i64 = 30 * DAY;
/// How many keys a gateway keeps, and how long each can be.
const MOST_CLIENTS: usize = 16;
const MOST_KEY: usize = 4096;
const MOST_DESCRIPTION: usize = 200;

/// `identifier_type`: which device the command is for.
const GATEWAY: i64 = 1;
const SITE: i64 = 2;
const INVERTER: i64 = 3;
const WALL_CONNECTOR: i64 = 4;

/// A key that may command the gateway from its own network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthorizedClient {
    /// The public key, base64.
    pub public_key: String,
    /// Kind of key; 1 for RSA.
    pub key_type: i64,
    /// Kind of client; 1 for the app of a customer.
    pub authorized_client_type: i64,
    /// What the owner calls it.
    pub description: String,
}

/// Why the gateway refused; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// A member of the command is missing, or is not of its kind.
    #[error("invalid {0} param")]
    Invalid(&'static str),
    /// The site has no such device, or the device no such command.
    #[error("the site has no device that knows this command")]
    Unsupported,
}

impl From<SettingError> for GatewayError {
    fn from(_: SettingError) -> Self {
        Self::Unsupported
    }
}

/// The only member of an object.
fn only<'v>(value: &'v Value, name: &'static str) -> Result<(&'v str, &'v Value), GatewayError> {
    let object = value.as_object().filter(|object| object.len() == 1);
    let member = object.and_then(|object| object.iter().next());
    member.map(|(name, value)| (name.as_str(), value)).ok_or(GatewayError::Invalid(name))
}

fn text<'v>(params: &'v Map<String, Value>, name: &'static str, most: usize) -> Result<&'v str, GatewayError> {
    let text = params.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty() && text.len() <= most).ok_or(GatewayError::Invalid(name))
}

fn number(params: &Map<String, Value>, name: &'static str, otherwise: i64) -> Result<i64, GatewayError> {
    match params.get(name) {
        None | Some(Value::Null) => Ok(otherwise),
        Some(value) => whole_number(value).filter(|number| *number >= 0).ok_or(GatewayError::Invalid(name)),
    }
}

impl EnergySite {
    /// Carries out a command, `{category: {request: parameters}}`, on the device of an `identifier_type`.
    ///
    /// # Errors
    /// When it is malformed, or the site has no such device, or the device no such command.
    pub fn gateway_command(&mut self, message: &Value, identifier_type: i64) -> Result<GatewayAnswer, GatewayError> {
        let (category, request) = only(message, "message")?;
        let (request, params) = only(request, "message")?;
        let params = params.as_object().ok_or(GatewayError::Invalid("message"))?;
        let connector = match identifier_type {
            GATEWAY | SITE => false,
            WALL_CONNECTOR if self.profile.wall_connectors > 0 => true,
            INVERTER | WALL_CONNECTOR => return Err(GatewayError::Unsupported),
            _ => return Err(GatewayError::Invalid("identifier_type")),
        };
        let (name, answer) = match (category, request) {
            ("common", "get_system_info_request") => ("GetSystemInfoResponse", self.system_info(connector)),
            ("common", "get_networking_status_request") => ("GetNetworkingStatusResponse", self.networking_status()),
            ("common", "wifi_scan_request") => ("WifiScanResponse", self.wifi_scan()),
            ("common", "check_internet_request") => ("CheckInternetResponse", self.check_internet()),
            _ if connector => return Err(GatewayError::Unsupported),
            ("teg", "get_config_request") => ("GetConfigResponse", self.config()),
            ("teg", "get_backup_events_request") => ("GetBackupEventsResponse", self.backup_events()),
            ("teg", "schedule_manual_backup_event_request") => {
                self.schedule_backup(params)?;
                ("ScheduleManualBackupEventResponse", json!({}))
            }
            ("teg", "cancel_manual_backup_event_request") => {
                self.needs(self.profile.has_batteries())?;
                self.change(|settings| settings.manual_backup = None);
                ("CancelManualBackupEventResponse", json!({}))
            }
            ("authorization", "list_authorized_clients_request") => {
                ("ListAuthorizedClientsResponse", json!({ "clients": self.authorized_clients }))
            }
            ("authorization", "add_authorized_client_request") => {
                self.add_client(params)?;
                ("AddAuthorizedClientResponse", json!({}))
            }
            ("authorization", "remove_authorized_client_request") => {
                let key = text(params, "public_key", MOST_KEY)?;
                let before = self.authorized_clients.len();
                self.authorized_clients.retain(|client| client.public_key != key);
                if self.authorized_clients.len() == before {
                    return Err(GatewayError::Invalid("public_key"));
                }
                ("RemoveAuthorizedClientResponse", json!({}))
            }
            _ => return Err(GatewayError::Unsupported),
        };
        let category = match category {
            "common" => "Common",
            "teg" => "Teg",
            _ => "Authorization",
        };
        let payload = Map::from_iter([(category.to_owned(), json!({ "Message": { name: answer } }))]);
        Ok(GatewayAnswer { message: GatewayMessage { payload } })
    }

    fn system_info(&self, connector: bool) -> Value {
        let (part, din) = match self.wall_connector_dins().next().filter(|_| connector) {
            Some(din) => (CONNECTOR_PART, din),
            None => (GATEWAY_PART, self.gateway_din()),
        };
        let serial = din.rsplit("--").next().unwrap_or_default();
        json!({
            "deviceId": { "partNumber": part, "serialNumber": serial },
            "din": din,
            "firmwareVersion": { "version": FIRMWARE.split(' ').next(), "githash": FIRMWARE.split(' ').nth(1) },
            "systemUpdate": { "state": "SYSTEM_UPDATE_STATE_IDLE" },
        })
    }

    /// The household's own network. The gateway has no modem.
    fn ssid(&self) -> String {
        format!("{} {:04}", self.profile.site_name, self.profile.seed().at("wifi").below(10_000))
    }

    /// Power of the signal, percent.
    fn signal(&self, network: i64) -> i64 {
        let seed = self.profile.seed().at("signal").nth(network);
        40 + seed.below(50) + seed.nth(self.updated_at.div_euclid(60 * SECOND)).below(10)
    }

    fn networking_status(&self) -> Value {
        json!({
            "wifi": {
                "enabled": true,
                "activeRoute": true,
                "ssid": self.ssid(),
                "signalStrengthPercent": self.signal(0),
            },
            "eth": { "enabled": true, "activeRoute": false },
            "gsm": { "enabled": false, "activeRoute": false },
        })
    }

    fn wifi_scan(&self) -> Value {
        let seed = self.profile.seed().at("neighbours");
        let neighbours = (1..=seed.below(4)).map(|number| {
            let ssid = format!("Network {:04}", seed.nth(number).below(10_000));
            json!({ "ssid": ssid, "signalStrengthPercent": self.signal(number) / 2 })
        });
        let own = json!({ "ssid": self.ssid(), "signalStrengthPercent": self.signal(0) });
        json!({ "networks": std::iter::once(own).chain(neighbours).collect::<Vec<_>>() })
    }

    fn check_internet(&self) -> Value {
        json!({ "wifi": { "connected": true }, "eth": { "connected": false }, "gsm": { "connected": false } })
    }

    fn config(&self) -> Value {
        let settings = self.settings();
        json!({
            "siteInfo": { "siteName": self.profile.site_name, "timezone": self.profile.time_zone },
            "defaultRealMode": settings.mode.as_str(),
            "backupReservePercent": settings.backup_reserve_percent,
            "batteryCount": self.profile.powerwalls,
        })
    }

    fn backup_events(&self) -> Value {
        let event = |spell: Spell| json!({ "startTime": utc(spell.from), "durationSeconds": (spell.until - spell.from) / SECOND });
        let events: Vec<_> = self.backups(self.begun_at(), self.updated_at).into_iter().map(event).collect();
        let manual = self.settings().manual_backup.filter(|spell| spell.until > self.updated_at).map(event);
        json!({ "events": events, "manualBackupEvent": manual })
    }

    /// From a moment on, or now, the batteries are filled from whatever there is.
    fn schedule_backup(&mut self, params: &Map<String, Value>) -> Result<(), GatewayError> {
        self.needs(self.profile.has_batteries())?;
        let none = Map::new();
        let info = match params.get("scheduling_info") {
            None | Some(Value::Null) => &none,
            Some(info) => info.as_object().ok_or(GatewayError::Invalid("scheduling_info"))?,
        };
        let from = match info.get("start_time") {
            None | Some(Value::Null) => self.updated_at,
            Some(start) => {
                let moment = start.as_str().and_then(|text| text.parse::<Timestamp>().ok());
                moment.ok_or(GatewayError::Invalid("start_time"))?.as_microsecond()
            }
        };
        if !(self.updated_at..=self.updated_at + FARTHEST).contains(&from) {
            return Err(GatewayError::Invalid("start_time"));
        }
        let seconds = number(info, "duration_seconds", BACKUP_SECONDS)?;
        if !(1..=MOST_BACKUP_SECONDS).contains(&seconds) {
            return Err(GatewayError::Invalid("duration_seconds"));
        }
        number(info, "priority", 0)?;
        let spell = Spell { from, until: from + seconds * SECOND };
        self.change(|settings| settings.manual_backup = Some(spell));
        Ok(())
    }

    fn add_client(&mut self, params: &Map<String, Value>) -> Result<(), GatewayError> {
        let client = AuthorizedClient {
            public_key: text(params, "public_key", MOST_KEY)?.to_owned(),
            key_type: number(params, "key_type", 1)?,
            authorized_client_type: number(params, "authorized_client_type", 1)?,
            description: match params.get("description") {
                None | Some(Value::Null) => String::new(),
                Some(_) => text(params, "description", MOST_DESCRIPTION)?.to_owned(),
            },
        };
        self.authorized_clients.retain(|known| known.public_key != client.public_key);
        if self.authorized_clients.len() >= MOST_CLIENTS {
            return Err(GatewayError::Invalid("public_key"));
        }
        self.authorized_clients.push(client);
        Ok(())
    }
}
