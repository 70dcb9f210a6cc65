//! The query parameter `endpoints` of `vehicle_data`.

#[cfg(test)]
mod tests;

/// A block that `endpoints` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Block {
    /// `charge_state`.
    ChargeState = 1,
    /// `climate_state`.
    ClimateState = 1 << 1,
    /// `closures_state`.
    ClosuresState = 1 << 2,
    /// `drive_state`, without the place.
    DriveState = 1 << 3,
    /// `gui_settings`.
    GuiSettings = 1 << 4,
    /// `location_data`: the place, which appears inside `drive_state`.
    LocationData = 1 << 5,
    /// `charge_schedule_data`.
    ChargeScheduleData = 1 << 6,
    /// `preconditioning_schedule_data`.
    PreconditioningScheduleData = 1 << 7,
    /// `vehicle_config`.
    VehicleConfig = 1 << 8,
    /// `vehicle_state`.
    VehicleState = 1 << 9,
}

impl Block {
    /// Every block, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::ChargeState,
        Self::ClimateState,
        Self::ClosuresState,
        Self::DriveState,
        Self::GuiSettings,
        Self::LocationData,
        Self::ChargeScheduleData,
        Self::PreconditioningScheduleData,
        Self::VehicleConfig,
        Self::VehicleState,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChargeState => "charge_state",
            Self::ClimateState => "climate_state",
            Self::ClosuresState => "closures_state",
            Self::DriveState => "drive_state",
            Self::GuiSettings => "gui_settings",
            Self::LocationData => "location_data",
            Self::ChargeScheduleData => "charge_schedule_data",
            Self::PreconditioningScheduleData => "preconditioning_schedule_data",
            Self::VehicleConfig => "vehicle_config",
            Self::VehicleState => "vehicle_state",
        }
    }
}

/// The blocks that a request for `vehicle_data` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockSet(u16);

impl BlockSet {
    /// No block: the envelope alone.
    pub const EMPTY: Self = Self(0);

    /// What a request without `endpoints` gets: no place, no closures, no schedules.
    pub const DEFAULT: Self = Self(
        Block::ChargeState as u16
            | Block::ClimateState as u16
            | Block::DriveState as u16
            | Block::GuiSettings as u16
            | Block::VehicleConfig as u16
            | Block::VehicleState as u16,
    );

    /// Every block, the place included: what `vehicle_data_combo` names.
    pub const COMBO: Self = Self((1 << Block::ALL.len()) - 1);

    /// Reads the decoded value of `endpoints`: names separated by `;`, in any order, repeated or not.
    ///
    /// An empty value means [`BlockSet::DEFAULT`]. Unknown names are ignored, because clients ask for blocks
    /// that only newer cars have; a value of unknown names alone therefore yields [`BlockSet::EMPTY`].
    #[must_use]
    pub fn parse(endpoints: &str) -> Self {
        let mut names = endpoints.split(';').map(str::trim).filter(|name| !name.is_empty()).peekable();
        if names.peek().is_none() {
            return Self::DEFAULT;
        }
        names.fold(Self::EMPTY, |set, name| match name {
            "vehicle_data_combo" => Self::COMBO,
            _ => Block::ALL.into_iter().find(|block| block.as_str() == name).map_or(set, |block| set.with(block)),
        })
    }

    /// This set and one block more.
    #[must_use]
    pub const fn with(self, block: Block) -> Self {
        Self(self.0 | block as u16)
    }

    /// This set without a block.
    #[must_use]
    pub const fn without(self, block: Block) -> Self {
        Self(self.0 & !(block as u16))
    }

    /// Whether a block was asked for.
    #[must_use]
    pub const fn contains(self, block: Block) -> bool {
        self.0 & block as u16 != 0
    }
}

impl Default for BlockSet {
    fn default() -> Self {
        Self::DEFAULT
    }
}
