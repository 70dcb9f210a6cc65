//! What a site answers.

use fleetgate_protocol::energy::{
    Battery, EnergyProduct, Gateway, LiveStatus, ProductComponents, ProductFeatures, Program, Programs, SiteComponents,
    SiteInfo, SiteStatus, TouPeriod, TouSettings, UserSettings, WallConnectorComponent, WallConnectorStatus,
};

use super::flow::{Flow, Outside};
use super::profile::{POWERWALL_W, POWERWALL_WH};
use super::tariff::Rates;
use super::{EnergySite, Tariff};
use crate::time::{local, offset, utc};

const BATTERY_TYPE: &str = "ac_powerwall";
const SOLAR_TYPE: &str = "pv_panel";
pub(super) const FIRMWARE: &str = "26.18.1 7b2f0c3d";
pub(super) const GATEWAY_PART: &str = "1232100-00-E";
const POWERWALL_PART: &str = "3012170-05-C";
pub(super) const CONNECTOR_PART: &str = "1529455-02-D";

/// States of a wall connector, and that it has no fault.
const CHARGING: i64 = 1;
const NOT_CONNECTED: i64 = 2;
const WAITING: i64 = 4;
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

    /// The device number of the gateway.
    pub(super) fn gateway_din(&self) -> String {
        self.gateway().din
    }

    /// The device numbers of the wall connectors.
    pub(super) fn wall_connector_dins(&self) -> impl Iterator<Item = String> {
        self.wall_connectors().map(|part| part.din)
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
        self.profile.has_batteries().then(|| value(self))
    }

    fn percentage(&self) -> f64 {
        (self.energy_wh / self.profile.capacity_wh() * 10_000.0).round() / 100.0
    }

    /// The answer of `live_status`, as of the last advance. The powers add up exactly.
    #[must_use]
    pub fn live_status(&self) -> LiveStatus {
        let (flow, outside) = self.now();
        let [solar_power, battery_power] = [flow.solar, flow.battery].map(|watts| watts.round() as i64);
        let grid_power = if outside.grid { flow.grid().round() as i64 } else { 0 };
        let has_batteries = self.profile.has_batteries();
        let (grid_status, island_status) = match (outside.grid, has_batteries) {
            (true, _) => ("Active", "on_grid"),
            (false, true) => ("Inactive", "off_grid_unintentional"),
            (false, false) => ("Inactive", "island_status_unknown"),
        };
        let storm = self.profile.storms.iter().any(|storm| storm.holds(self.updated_at));
        LiveStatus {
            solar_power,
            energy_left: self.of_batteries(|site| tenths(site.energy_wh)),
            total_pack_energy: self.of_batteries(|site| site.profile.powerwalls * POWERWALL_WH),
            percentage_charged: self.of_batteries(Self::percentage),
            backup_capable: has_batteries,
            battery_power: self.of_batteries(|_| battery_power),
            load_power: solar_power + battery_power + grid_power,
            grid_status: grid_status.to_owned(),
            grid_services_active: false,
            grid_power,
            grid_services_power: 0,
            generator_power: 0,
            island_status: island_status.to_owned(),
            storm_mode_active: has_batteries && storm && self.settings().storm_mode,
            timestamp: local(&self.profile.time_zone, self.updated_at),
            wall_connectors: self.wall_connector_states(&flow, &outside),
        }
    }

    /// Cars that charge at once share what there is. Whose car it is, is known of the household's alone.
    fn wall_connector_states(&self, flow: &Flow, outside: &Outside) -> Vec<WallConnectorStatus> {
        let now = self.updated_at;
        let sessions = self.charge_sessions(&self.zone(), now, now + 1);
        let share = if outside.vehicles > 0.0 { flow.vehicles / outside.vehicles } else { 0.0 };
        let state = |(number, din): (i64, String)| {
            let car = self.cars_by_connector().find(|(connector, car)| *connector == number && car.plugged_in);
            let session = sessions.iter().find(|session| session.connector == number);
            let watts = session.map_or(0.0, |session| session.watts * share);
            WallConnectorStatus {
                din,
                vin: car.map(|(_, car)| car.vin.clone()),
                wall_connector_state: match (watts > 0.0, car.is_some() || session.is_some()) {
                    (true, _) => CHARGING,
                    (false, true) => WAITING,
                    (false, false) => NOT_CONNECTED,
                },
                wall_connector_fault_state: NO_FAULT,
                wall_connector_power: watts.round() as i64,
                ocpp_status: 0,
            }
        };
        (0..).zip(self.wall_connector_dins()).map(state).collect()
    }

    fn resource_type(&self) -> &'static str {
        match (self.profile.has_batteries(), self.profile.has_panels()) {
            (true, _) => "battery",
            (false, true) => "solar",
            (false, false) => "wall_connector",
        }
    }

    /// The answer of `site_status`, as of the last advance.
    #[must_use]
    pub fn site_status(&self) -> SiteStatus {
        let settings = self.user_settings();
        SiteStatus {
            resource_type: self.resource_type().to_owned(),
            site_name: self.profile.site_name.clone(),
            gateway_id: self.gateway_din(),
            percentage_charged: self.of_batteries(Self::percentage),
            battery_type: self.of_batteries(|_| BATTERY_TYPE.to_owned()),
            backup_capable: self.profile.has_batteries(),
            battery_power: self.live_status().battery_power,
            storm_mode_enabled: settings.storm_mode_enabled,
            powerwall_onboarding_settings_set: settings.powerwall_onboarding_settings_set,
            sync_grid_alert_enabled: settings.sync_grid_alert_enabled,
            breaker_alert_enabled: settings.breaker_alert_enabled,
        }
    }

    /// The answer of `programs`.
    #[must_use]
    pub fn programs(&self) -> Programs {
        let program = |name: &String| Program { name: name.clone(), enrolled: true };
        Programs { programs: self.profile.programs.iter().map(program).collect() }
    }

    /// The item of the list of products, as of the last advance.
    #[must_use]
    pub fn product(&self) -> EnergyProduct {
        let profile = &self.profile;
        let (battery, solar) = (profile.has_batteries(), profile.has_panels());
        let settings = self.user_settings();
        EnergyProduct {
            energy_site_id: profile.energy_site_id,
            device_type: "energy".to_owned(),
            resource_type: self.resource_type().to_owned(),
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
            battery_power: self.live_status().battery_power,
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
        let (profile, settings) = (&self.profile, self.settings());
        let tariff = self.tariff().map(Tariff::content);
        SiteInfo {
            id: self.gateway().din,
            site_name: profile.site_name.clone(),
            backup_reserve_percent: settings.backup_reserve_percent,
            default_real_mode: settings.mode.as_str().to_owned(),
            installation_date: local(&profile.time_zone, profile.installed_at),
            user_settings: self.user_settings(),
            components: self.components(),
            version: FIRMWARE.to_owned(),
            battery_count: profile.powerwalls,
            tou_settings: self.tou_settings(),
            nameplate_power: profile.powerwalls * POWERWALL_W,
            nameplate_energy: profile.powerwalls * POWERWALL_WH,
            installation_time_zone: profile.time_zone.clone(),
            max_site_meter_power_ac: 1_000_000_000,
            min_site_meter_power_ac: -1_000_000_000,
            vpp_backup_reserve_percent: 0,
            off_grid_vehicle_charging_reserve_percent: self
                .shares_with_cars()
                .then_some(settings.vehicle_reserve_percent),
            address: None,
            tariff_content: tariff.cloned(),
            tariff_content_v2: tariff.cloned(),
        }
    }

    /// Whether there are batteries that a car could empty during an outage.
    fn shares_with_cars(&self) -> bool {
        self.profile.has_batteries() && self.profile.wall_connectors > 0
    }

    fn tou_settings(&self) -> TouSettings {
        let rates = self.tariff().map_or_else(Rates::standard, Tariff::rates);
        let wall_clock = self.updated_at + offset(&self.zone(), self.updated_at);
        let periods = rates.schedule(wall_clock).into_iter();
        let schedule = periods.map(|(dear, week_days, start_seconds, end_seconds)| TouPeriod {
            target: if dear { "peak" } else { "off_peak" }.to_owned(),
            week_days,
            start_seconds,
            end_seconds,
        });
        TouSettings { optimization_strategy: "economics".to_owned(), schedule: schedule.collect() }
    }

    fn components(&self) -> SiteComponents {
        let (profile, settings) = (&self.profile, self.settings());
        let (battery, solar) = (profile.has_batteries(), profile.has_panels());
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
            off_grid_vehicle_charging_reserve_supported: self.shares_with_cars(),
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
            disallow_charge_from_grid_with_solar_installed: solar && battery && !settings.grid_charging,
            customer_preferred_export_rule: (solar || battery).then(|| settings.export_rule.as_str().to_owned()),
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

    fn user_settings(&self) -> UserSettings {
        UserSettings {
            storm_mode_enabled: Some(self.profile.has_batteries() && self.settings().storm_mode),
            powerwall_onboarding_settings_set: Some(true),
            sync_grid_alert_enabled: Some(true),
            breaker_alert_enabled: Some(false),
            off_grid_vehicle_charging_enabled: self.shares_with_cars().then_some(true),
            ..UserSettings::default()
        }
    }
}
