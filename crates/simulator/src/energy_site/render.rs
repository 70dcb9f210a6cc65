//! What a site answers.

use fleetgate_protocol::energy::{
    Battery, EnergyProduct, Gateway, LiveStatus, ProductComponents, ProductFeatures, SiteComponents, SiteInfo,
    TouPeriod, TouSettings, UserSettings, WallConnectorComponent, WallConnectorStatus,
};

use super::EnergySite;
use super::profile::{PEAK_END, PEAK_START, POWERWALL_W, POWERWALL_WH};
use crate::time::{local, utc};

const BATTERY_TYPE: &str = "ac_powerwall";
const SOLAR_TYPE: &str = "pv_panel";
const FIRMWARE: &str = "26.18.1 7b2f0c3d";
const GATEWAY_PART: &str = "1232100-00-E";
const POWERWALL_PART: &str = "3012170-05-C";
const CONNECTOR_PART: &str = "1529455-02-D";

/// A wall connector's state without a car, and without a fault.
const NOT_CONNECTED: i64 = 2;
const NO_FAULT: i64 = 2;

/// A part of a site with the numbers that are derived from the site's identity.
struct Part {
    device_id: String,
    din: String,
    serial_number: String,
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

impl EnergySite {
    fn part(&self, number: &str, prefix: &str, index: i64) -> Part {
        let seed = self.profile.seed().at(prefix).nth(index);
        let serial_number = format!("{prefix}{:011}", seed.below(100_000_000_000));
        Part { device_id: seed.uuid(), din: format!("{number}--{serial_number}"), serial_number }
    }

    fn gateway(&self) -> Part {
        self.part(GATEWAY_PART, "TG1", 0)
    }

    fn wall_connectors(&self) -> impl Iterator<Item = Part> {
        (0..self.profile.wall_connectors).map(|index| self.part(CONNECTOR_PART, "PGT", index))
    }

    fn connector_components(&self, detailed: bool) -> Vec<WallConnectorComponent> {
        self.wall_connectors()
            .map(|part| WallConnectorComponent {
                device_id: part.device_id,
                din: part.din,
                part_number: (!detailed).then(|| CONNECTOR_PART.to_owned()),
                part_name: detailed.then(|| "Gen 3 Wall Connector".to_owned()),
                is_active: true,
            })
            .collect()
    }

    fn site_number(&self) -> String {
        let date = local(&self.profile.time_zone, self.profile.installed_at);
        let date: String = date.chars().take(10).filter(char::is_ascii_digit).collect();
        format!("STE{date}-{:05}", self.profile.seed().at("site").below(100_000))
    }

    /// A value of the batteries; a site without any has none.
    fn of_batteries<T>(&self, value: impl FnOnce(&Self) -> T) -> Option<T> {
        (self.profile.powerwalls > 0).then(|| value(self))
    }

    fn percentage(&self) -> f64 {
        (self.energy_wh / self.profile.capacity_wh() * 10_000.0).round() / 100.0
    }

    /// The answer of `live_status`, after [`EnergySite::advance`] to `now`. The powers add up exactly.
    #[must_use]
    pub fn live_status(&self, now: i64) -> LiveStatus {
        let flow = self.flow(self.profile.weather(now));
        let [solar_power, battery_power, load_power] =
            [flow.solar, flow.battery, flow.load].map(|watts| watts.round() as i64);
        LiveStatus {
            solar_power,
            energy_left: self.of_batteries(|site| tenths(site.energy_wh)),
            total_pack_energy: self.of_batteries(|site| site.profile.powerwalls * POWERWALL_WH),
            percentage_charged: self.of_batteries(Self::percentage),
            backup_capable: self.profile.powerwalls > 0,
            battery_power: self.of_batteries(|_| battery_power),
            load_power,
            grid_status: "Active".to_owned(),
            grid_services_active: false,
            grid_power: load_power - solar_power - battery_power,
            grid_services_power: 0,
            generator_power: 0,
            island_status: "on_grid".to_owned(),
            storm_mode_active: false,
            timestamp: local(&self.profile.time_zone, now),
            wall_connectors: self
                .wall_connectors()
                .map(|part| WallConnectorStatus {
                    din: part.din,
                    vin: None,
                    wall_connector_state: NOT_CONNECTED,
                    wall_connector_fault_state: NO_FAULT,
                    wall_connector_power: 0,
                    ocpp_status: 0,
                })
                .collect(),
        }
    }

    /// The item of the list of products, as of the last advance.
    #[must_use]
    pub fn product(&self) -> EnergyProduct {
        let profile = &self.profile;
        let (battery, solar) = (profile.powerwalls > 0, profile.solar_kw > 0.0);
        let settings = user_settings();
        EnergyProduct {
            energy_site_id: profile.energy_site_id,
            device_type: "energy".to_owned(),
            resource_type: match (battery, solar) {
                (true, _) => "battery",
                (false, true) => "solar",
                (false, false) => "wall_connector",
            }
            .to_owned(),
            site_name: profile.site_name.clone(),
            id: self.site_number(),
            gateway_id: self.gateway().din,
            asset_site_id: profile.seed().at("asset").uuid(),
            warp_site_number: self.site_number(),
            energy_left: self.of_batteries(|site| tenths(site.energy_wh)),
            total_pack_energy: self.of_batteries(|site| site.profile.powerwalls * POWERWALL_WH),
            percentage_charged: self.of_batteries(Self::percentage),
            battery_type: self.of_batteries(|_| BATTERY_TYPE.to_owned()),
            backup_capable: battery,
            battery_power: self.live_status(self.updated_at).battery_power,
            go_off_grid_test_banner_enabled: settings.go_off_grid_test_banner_enabled,
            storm_mode_enabled: settings.storm_mode_enabled,
            powerwall_onboarding_settings_set: settings.powerwall_onboarding_settings_set,
            powerwall_tesla_electric_interested_in: settings.powerwall_tesla_electric_interested_in,
            vpp_tour_enabled: settings.vpp_tour_enabled,
            sync_grid_alert_enabled: settings.sync_grid_alert_enabled,
            breaker_alert_enabled: settings.breaker_alert_enabled,
            components: ProductComponents {
                battery,
                battery_type: battery.then(|| BATTERY_TYPE.to_owned()),
                solar,
                solar_type: solar.then(|| SOLAR_TYPE.to_owned()),
                grid: true,
                load_meter: true,
                market_type: "residential".to_owned(),
                wall_connectors: self.connector_components(false),
            },
            features: ProductFeatures { rate_plan_manager_no_pricing_constraint: true },
        }
    }

    /// The answer of `site_info`.
    #[must_use]
    pub fn site_info(&self) -> SiteInfo {
        let profile = &self.profile;
        SiteInfo {
            id: self.gateway().din,
            site_name: profile.site_name.clone(),
            backup_reserve_percent: self.backup_reserve_percent,
            default_real_mode: self.mode.as_str().to_owned(),
            installation_date: local(&profile.time_zone, profile.installed_at),
            user_settings: user_settings(),
            components: self.components(),
            version: FIRMWARE.to_owned(),
            battery_count: profile.powerwalls,
            tou_settings: TouSettings {
                optimization_strategy: "economics".to_owned(),
                schedule: vec![
                    period("peak", &[1, 2, 3, 4, 5], PEAK_START, PEAK_END),
                    period("off_peak", &[1, 2, 3, 4, 5], PEAK_END, PEAK_START),
                    period("off_peak", &[0, 6], 0, 0),
                ],
            },
            nameplate_power: profile.powerwalls * POWERWALL_W,
            nameplate_energy: profile.powerwalls * POWERWALL_WH,
            installation_time_zone: profile.time_zone.clone(),
            max_site_meter_power_ac: 1_000_000_000,
            min_site_meter_power_ac: -1_000_000_000,
            vpp_backup_reserve_percent: 0,
            off_grid_vehicle_charging_reserve_percent: None,
            address: None,
            tariff_content_v2: None,
        }
    }

    fn components(&self) -> SiteComponents {
        let profile = &self.profile;
        let (battery, solar) = (profile.powerwalls > 0, profile.solar_kw > 0.0);
        let connected = profile.wall_connectors > 0;
        SiteComponents {
            solar,
            solar_type: solar.then(|| SOLAR_TYPE.to_owned()),
            battery,
            battery_type: battery.then(|| BATTERY_TYPE.to_owned()),
            grid: true,
            backup: battery,
            gateway: "teg".to_owned(),
            load_meter: true,
            tou_capable: battery,
            storm_mode_capable: battery,
            car_charging_data_supported: connected,
            off_grid_vehicle_charging_reserve_supported: connected && battery,
            vehicle_charging_performance_view_enabled: connected,
            vehicle_charging_solar_offset_view_enabled: connected && solar,
            battery_solar_offset_view_enabled: battery && solar,
            solar_value_enabled: solar,
            energy_value_header: "Energy Value".to_owned(),
            energy_value_subheader: "Estimated Value".to_owned(),
            energy_service_self_scheduling_enabled: true,
            show_grid_import_battery_source_cards: battery,
            set_islanding_mode_enabled: battery,
            wifi_commissioning_enabled: true,
            backup_time_remaining_enabled: battery,
            configurable: true,
            disallow_charge_from_grid_with_solar_installed: solar && !profile.grid_charging,
            customer_preferred_export_rule: solar.then(|| "pv_only".to_owned()),
            gateways: vec![self.gateway_component()],
            batteries: (0..profile.powerwalls).map(|index| self.battery_component(index)).collect(),
            wall_connectors: self.connector_components(true),
            ..SiteComponents::default()
        }
    }

    fn gateway_component(&self) -> Gateway {
        let part = self.gateway();
        Gateway {
            device_id: part.device_id,
            din: part.din,
            serial_number: part.serial_number,
            part_number: GATEWAY_PART.to_owned(),
            part_type: 10,
            part_name: "Tesla Backup Gateway 2".to_owned(),
            is_active: true,
            site_id: self.profile.seed().at("asset").uuid(),
            firmware_version: FIRMWARE.to_owned(),
            updated_datetime: utc(self.updated_at),
        }
    }

    fn battery_component(&self, index: i64) -> Battery {
        let part = self.part(POWERWALL_PART, "TG2", index);
        Battery {
            device_id: part.device_id,
            din: part.din,
            serial_number: part.serial_number,
            part_number: POWERWALL_PART.to_owned(),
            part_type: 2,
            part_name: "Powerwall 2".to_owned(),
            nameplate_max_charge_power: POWERWALL_W,
            nameplate_max_discharge_power: POWERWALL_W,
            nameplate_energy: POWERWALL_WH,
        }
    }
}

fn user_settings() -> UserSettings {
    UserSettings {
        storm_mode_enabled: Some(false),
        powerwall_onboarding_settings_set: Some(true),
        sync_grid_alert_enabled: Some(true),
        breaker_alert_enabled: Some(false),
        ..UserSettings::default()
    }
}

fn period(target: &str, week_days: &[i64], start_seconds: i64, end_seconds: i64) -> TouPeriod {
    TouPeriod { target: target.to_owned(), week_days: week_days.to_vec(), start_seconds, end_seconds }
}
