//! Energy sites, and the list of all products.

use super::{Device, ENERGY_SITE_ID, Kind, Method, Operation, Price, Response, body, operations, schema};
use crate::Scope;
use crate::energy::{LiveStatus, Product, SiteInfo, Updated};

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
            scopes_any: &[Scope::ENERGY_DEVICE_DATA],
            device: Some(Device::EnergySite),
            price: Price::Data,
            parameters: &[ENERGY_SITE_ID],
            response: Response::One(schema::<LiveStatus>),
            ..Operation::BASE
        },
        SiteInfo => Operation {
            name: "site_info",
            summary: "What a site consists of and how it is set up.",
            path: "/api/1/energy_sites/{energy_site_id}/site_info",
            scopes_any: &[Scope::ENERGY_DEVICE_DATA],
            device: Some(Device::EnergySite),
            price: Price::Data,
            parameters: &[ENERGY_SITE_ID],
            response: Response::One(schema::<SiteInfo>),
            ..Operation::BASE
        },
        Backup => Operation {
            name: "backup",
            summary: "Sets the reserve that is kept for an outage.",
            method: Method::Post,
            path: "/api/1/energy_sites/{energy_site_id}/backup",
            scopes_any: &[Scope::ENERGY_CMDS],
            device: Some(Device::EnergySite),
            price: Price::Command,
            parameters: &[
                ENERGY_SITE_ID,
                body("backup_reserve_percent", Kind::Integer, "The reserve in percent, 0 to 100.", "20"),
            ],
            response: Response::One(schema::<Updated>),
            ..Operation::BASE
        },
        Operation => Operation {
            name: "operation",
            summary: "Sets the operation mode of a site.",
            method: Method::Post,
            path: "/api/1/energy_sites/{energy_site_id}/operation",
            scopes_any: &[Scope::ENERGY_CMDS],
            device: Some(Device::EnergySite),
            price: Price::Command,
            parameters: &[
                ENERGY_SITE_ID,
                body(
                    "default_real_mode",
                    Kind::String,
                    "`self_consumption`, `autonomous` or `backup`.",
                    "\"self_consumption\"",
                ),
            ],
            response: Response::One(schema::<Updated>),
            ..Operation::BASE
        },
    }
}
