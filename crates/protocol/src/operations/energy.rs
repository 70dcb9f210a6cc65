//! Energy sites, and the list of all products.

use super::{
    Confidence, Device, ENERGY_SITE_ID, Kind, Method, Operation, Price, Response, body, operations, optional, query,
    required_query, schema,
};
use crate::Scope;
use crate::energy::{
    CalendarHistory, ChargeHistory, GatewayAnswer, LiveStatus, Product, Programs, SiteInfo, SiteStatus, Updated,
};

/// A row to start from: something that is asked about a site.
const QUESTION: Operation = Operation {
    scopes_any: &[Scope::ENERGY_DEVICE_DATA],
    device: Some(Device::EnergySite),
    price: Price::Data,
    parameters: &[ENERGY_SITE_ID],
    ..Operation::BASE
};

/// A row to start from: a setting, which a site without the device for it refuses with 422.
const SETTING: Operation = Operation {
    method: Method::Post,
    scopes_any: &[Scope::ENERGY_CMDS],
    device: Some(Device::EnergySite),
    price: Price::Command,
    response: Response::One(schema::<Updated>),
    refusals: &[422],
    ..Operation::BASE
};

/// A tariff with two prices on weekdays.
const TARIFF: &str = concat!(
    r#"{"tariff_content_v2": {"#,
    r#""version": 1, "utility": "Harbor Power", "code": "TOU-2", "name": "Evenings are dear", "currency": "USD", "#,
    r#""daily_charges": [{"name": "Charge", "amount": 0.3}], "#,
    r#""energy_charges": {"Year": {"rates": {"ON_PEAK": 0.48, "OFF_PEAK": 0.21}}}, "#,
    r#""seasons": {"Year": {"fromMonth": 1, "fromDay": 1, "toMonth": 12, "toDay": 31, "tou_periods": {"#,
    r#""ON_PEAK": {"periods": [{"fromDayOfWeek": 0, "toDayOfWeek": 4, "fromHour": 16, "toHour": 21}]}, "#,
    r#""OFF_PEAK": {"periods": ["#,
    r#"{"fromDayOfWeek": 0, "toDayOfWeek": 4, "fromHour": 21, "toHour": 16}, "#,
    r#"{"fromDayOfWeek": 5, "toDayOfWeek": 6, "fromHour": 0, "toHour": 24}"#,
    r#"]}"#,
    r#"}}}, "#,
    r#""sell_tariff": {"energy_charges": {"Year": {"rates": {"ON_PEAK": 0.3, "OFF_PEAK": 0.05}}}}"#,
    r#"}}"#,
);

operations! {
    /// Operations on energy sites, and the list of all products.
    EnergyOperation {
        Products => Operation {
            name: "products",
            summary: "The vehicles and energy sites that the token may see.",
            path: "/api/1/products",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA, Scope::ENERGY_DEVICE_DATA],
            price: Price::Data,
            response: Response::List(schema::<Product>),
            ..Operation::BASE
        },
        LiveStatus => Operation {
            name: "live_status",
            summary: "Power flows, storage and grid state of one site, now.",
            path: "/api/1/energy_sites/{energy_site_id}/live_status",
            response: Response::One(schema::<LiveStatus>),
            ..QUESTION
        },
        SiteInfo => Operation {
            name: "site_info",
            summary: "What a site consists of and how it is set up.",
            path: "/api/1/energy_sites/{energy_site_id}/site_info",
            response: Response::One(schema::<SiteInfo>),
            ..QUESTION
        },
        SiteStatus => Operation {
            name: "site_status",
            summary: "A site in brief.",
            path: "/api/1/energy_sites/{energy_site_id}/site_status",
            response: Response::One(schema::<SiteStatus>),
            confidence: Confidence::ClientCode,
            decision: "A site without batteries has neither a charge nor a battery type.",
            ..QUESTION
        },
        CalendarHistory => Operation {
            name: "calendar_history",
            summary: "Energy, powers, charge, outages or self-consumption of a site, in rows of the calendar.",
            path: "/api/1/energy_sites/{energy_site_id}/calendar_history",
            parameters: &[
                ENERGY_SITE_ID,
                required_query(
                    "kind",
                    Kind::String,
                    "`energy`, `power`, `soe`, `backup` or `self_consumption`.",
                    "\"energy\"",
                ),
                query(
                    "period",
                    Kind::String,
                    "`day` (rows of five minutes, for at most 7 days), `week` and `month` (of a day), `year` (of a \
                     month) or `lifetime` (of a year); `day` unless told.",
                    "\"day\"",
                ),
                query(
                    "start_date",
                    Kind::String,
                    "Where it begins, RFC 3339; the beginning of the period unless told.",
                    "\"2026-09-30T00:00:00-07:00\"",
                ),
                query(
                    "end_date",
                    Kind::String,
                    "Where it ends, RFC 3339; the end of the period unless told.",
                    "\"2026-09-30T23:59:59-07:00\"",
                ),
                query(
                    "time_zone",
                    Kind::String,
                    "IANA name of the zone whose days are told; the site's unless told.",
                    "\"America/Los_Angeles\"",
                ),
            ],
            response: Response::One(schema::<CalendarHistory>),
            ..QUESTION
        },
        TelemetryHistory => Operation {
            name: "telemetry_history",
            summary: "Charging sessions at a site's wall connectors.",
            path: "/api/1/energy_sites/{energy_site_id}/telemetry_history",
            parameters: &[
                ENERGY_SITE_ID,
                required_query("kind", Kind::String, "`charge`.", "\"charge\""),
                required_query(
                    "start_date",
                    Kind::String,
                    "Sessions from then on, RFC 3339.",
                    "\"2026-09-01T00:00:00-07:00\"",
                ),
                required_query(
                    "end_date",
                    Kind::String,
                    "Sessions before then, RFC 3339.",
                    "\"2026-10-01T00:00:00-07:00\"",
                ),
                query(
                    "time_zone",
                    Kind::String,
                    "IANA name of the zone of dates without an offset; the site's unless told.",
                    "\"America/Los_Angeles\"",
                ),
            ],
            response: Response::One(schema::<ChargeHistory>),
            ..QUESTION
        },
        Programs => Operation {
            name: "programs",
            summary: "The programs of the grid operator in which a site takes part.",
            path: "/api/1/energy_sites/{energy_site_id}/programs",
            response: Response::One(schema::<Programs>),
            confidence: Confidence::Inferred,
            decision: "The shape of the answer is a guess; the programs are those of the seed.",
            ..QUESTION
        },
        Backup => Operation {
            name: "backup",
            summary: "Sets the reserve that is kept for an outage.",
            path: "/api/1/energy_sites/{energy_site_id}/backup",
            parameters: &[
                ENERGY_SITE_ID,
                body("backup_reserve_percent", Kind::Integer, "The reserve in percent, 0 to 100.", "20"),
            ],
            ..SETTING
        },
        Operation => Operation {
            name: "operation",
            summary: "Sets the operation mode of a site.",
            path: "/api/1/energy_sites/{energy_site_id}/operation",
            parameters: &[
                ENERGY_SITE_ID,
                body(
                    "default_real_mode",
                    Kind::String,
                    "`self_consumption`, `autonomous` or `backup`.",
                    "\"self_consumption\"",
                ),
            ],
            ..SETTING
        },
        StormMode => Operation {
            name: "storm_mode",
            summary: "Sets whether the batteries are filled when a storm is forecast.",
            path: "/api/1/energy_sites/{energy_site_id}/storm_mode",
            parameters: &[ENERGY_SITE_ID, body("enabled", Kind::Boolean, "Whether they are.", "true")],
            ..SETTING
        },
        GridImportExport => Operation {
            name: "grid_import_export",
            summary: "Sets whether batteries charge from the grid, and what may go to it.",
            path: "/api/1/energy_sites/{energy_site_id}/grid_import_export",
            parameters: &[
                ENERGY_SITE_ID,
                optional(
                    "disallow_charge_from_grid_with_solar_installed",
                    Kind::Boolean,
                    "Whether the batteries charge from the panels only. One of the two is needed.",
                    "true",
                ),
                optional(
                    "customer_preferred_export_rule",
                    Kind::String,
                    "`battery_ok`, `pv_only` or `never`.",
                    "\"pv_only\"",
                ),
            ],
            ..SETTING
        },
        OffGridVehicleChargingReserve => Operation {
            name: "off_grid_vehicle_charging_reserve",
            summary: "Sets the charge that is kept from cars during an outage.",
            path: "/api/1/energy_sites/{energy_site_id}/off_grid_vehicle_charging_reserve",
            parameters: &[
                ENERGY_SITE_ID,
                body(
                    "off_grid_vehicle_charging_reserve_percent",
                    Kind::Integer,
                    "The reserve in percent, 0 to 100.",
                    "50",
                ),
            ],
            ..SETTING
        },
        TimeOfUseSettings => Operation {
            name: "time_of_use_settings",
            summary: "Sets the tariff that the mode `autonomous` follows.",
            path: "/api/1/energy_sites/{energy_site_id}/time_of_use_settings",
            parameters: &[
                ENERGY_SITE_ID,
                body(
                    "tou_settings",
                    Kind::Object,
                    "`tariff_content_v2`: seasons that cover each day of the year once, periods that cover each minute \
                     of the week once, and a price of 0 or more for each.",
                    TARIFF,
                ),
            ],
            ..SETTING
        },
        Command => Operation {
            name: "energy_site_command",
            summary: "Hands a command to the gateway itself.",
            path: "/api/1/energy_sites/{energy_site_id}/command",
            parameters: &[
                ENERGY_SITE_ID,
                body("command_type", Kind::String, "`grpc_command`.", "\"grpc_command\""),
                body(
                    "command_properties",
                    Kind::Object,
                    "`message`, the request by its name in its category (`common`, `teg`, `authorization`), and \
                     `identifier_type`: 1 gateway, 2 site, 3 inverter, 4 wall connector.",
                    r#"{"message": {"common": {"get_system_info_request": {}}}, "identifier_type": 1}"#,
                ),
            ],
            response: Response::One(schema::<GatewayAnswer>),
            confidence: Confidence::ClientCode,
            decision: "Requests and answers are those that clients know. A request that is not known, or a device \
                       that the site has not, is answered with 422.",
            ..SETTING
        },
    }
}
