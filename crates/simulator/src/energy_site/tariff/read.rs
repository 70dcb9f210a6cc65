//! From a tariff's JSON to its rates.

use serde_json::{Map, Value};

use super::{DAY_MINUTES, Period, Rates, Season, TariffError, WEEK_MINUTES, WeekSpell, YEAR_DAYS};

/// The season and the period that stand for all others in a table of prices.
const ALL: &str = "ALL";
/// The most seasons, and the most periods and spells of one season: each half hour of a week has room.
const MOST_SEASONS: usize = 24;
const MOST: usize = 400;

type Result<T> = std::result::Result<T, TariffError>;

fn wrong(name: impl Into<String>) -> TariffError {
    TariffError::Member(name.into())
}

/// An object of a tariff; none when it is left out.
fn object<'v>(parent: &'v Map<String, Value>, name: &str) -> Result<Option<&'v Map<String, Value>>> {
    match parent.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(_) => Err(wrong(name)),
    }
}

/// A whole number between two bounds; 0 when it is left out.
fn number(parent: &Map<String, Value>, name: &str, low: i64, high: i64) -> Result<i64> {
    let value = match parent.get(name) {
        None | Some(Value::Null) => 0,
        Some(value) => fleetgate_protocol::parameters::whole_number(value).ok_or_else(|| wrong(name))?,
    };
    if (low..=high).contains(&value) { Ok(value) } else { Err(wrong(name)) }
}

/// The prices of a table by season and period, such as `energy_charges`.
struct Charges<'v> {
    seasons: Option<&'v Map<String, Value>>,
}

impl<'v> Charges<'v> {
    fn read(tariff: &'v Map<String, Value>, name: &str) -> Result<Self> {
        let seasons = object(tariff, name)?;
        for (season, charges) in seasons.into_iter().flatten() {
            let charges = charges.as_object().ok_or_else(|| wrong(format!("{name}.{season}")))?;
            let rates = object(charges, "rates")?;
            for (period, price) in rates.into_iter().flatten() {
                let place = format!("{name}.{season}.rates.{period}");
                let price = price.as_f64().ok_or_else(|| wrong(&place))?;
                if price < 0.0 {
                    return Err(TariffError::NegativePrice(place));
                }
            }
        }
        Ok(Self { seasons })
    }

    /// The price of a period, or the one that stands for it.
    fn of(&self, season: &str, period: &str) -> Option<f64> {
        let seasons = self.seasons?;
        let rates = |season| seasons.get(season)?.get("rates")?.as_object().filter(|rates| !rates.is_empty());
        // A season with prices of its own has all of its prices there.
        let rates = rates(season).or_else(|| rates(ALL))?;
        rates.get(period).or_else(|| rates.get(ALL))?.as_f64()
    }
}

/// The price of each day, where there is one.
fn check_daily_charges(tariff: &Map<String, Value>) -> Result<()> {
    let charges = match tariff.get("daily_charges") {
        None | Some(Value::Null) => return Ok(()),
        Some(charges) => charges.as_array().ok_or_else(|| wrong("daily_charges"))?,
    };
    for charge in charges {
        let amount = charge.get("amount").unwrap_or(&Value::Null);
        match amount.as_f64() {
            Some(amount) if amount < 0.0 => return Err(TariffError::NegativePrice("daily_charges".to_owned())),
            None if !amount.is_null() || !charge.is_object() => return Err(wrong("daily_charges.amount")),
            _ => {}
        }
    }
    Ok(())
}

impl Rates {
    pub(super) fn read(tariff: &Value) -> Result<Self> {
        let tariff = tariff.as_object().ok_or_else(|| wrong("tariff_content_v2"))?;
        for name in ["utility", "code", "name", "currency"] {
            if !tariff.get(name).is_none_or(|text| text.is_string() || text.is_null()) {
                return Err(wrong(name));
            }
        }
        check_daily_charges(tariff)?;
        Charges::read(tariff, "demand_charges")?;
        let buy = Charges::read(tariff, "energy_charges")?;
        if buy.seasons.is_none() {
            return Err(wrong("energy_charges"));
        }
        let sell = match object(tariff, "sell_tariff")? {
            Some(tariff) => {
                check_daily_charges(tariff)?;
                Charges::read(tariff, "demand_charges")?;
                Charges::read(tariff, "energy_charges")?
            }
            None => Charges { seasons: None },
        };
        let named = object(tariff, "seasons")?.ok_or(TariffError::NoSeason)?;
        if named.len() > MOST_SEASONS {
            return Err(wrong("seasons"));
        }
        let mut seasons = Vec::new();
        for (name, season) in named {
            seasons.extend(read_season(name, season, &buy, &sell)?);
        }
        check_year(&seasons)?;
        Ok(Self(seasons))
    }
}

/// A season; none when it has no dates, as tariffs without a winter have it.
fn read_season(name: &str, season: &Value, buy: &Charges<'_>, sell: &Charges<'_>) -> Result<Option<Season>> {
    let season = season.as_object().ok_or_else(|| wrong(format!("seasons.{name}")))?;
    let date = |month: &str, day: &str| -> Result<(i8, i8)> {
        Ok((number(season, month, 0, 12)? as i8, number(season, day, 0, 31)? as i8))
    };
    let (from, to) = (date("fromMonth", "fromDay")?, date("toMonth", "toDay")?);
    if (from, to) == ((0, 0), (0, 0)) {
        return Ok(None);
    }
    if from.0 == 0 || from.1 == 0 || to.0 == 0 || to.1 == 0 {
        return Err(wrong(format!("seasons.{name}")));
    }
    // In a leap year, so that a season may end with February 29.
    if [from, to].into_iter().any(|(month, day)| jiff::civil::Date::new(2028, month, day).is_err()) {
        return Err(wrong(format!("seasons.{name}")));
    }
    let named = object(season, "tou_periods")?.ok_or_else(|| wrong(format!("seasons.{name}.tou_periods")))?;
    let mut periods = Vec::new();
    for (period, times) in named {
        let spells = read_spells(times)?;
        if spells.is_empty() {
            continue;
        }
        let no_price = || TariffError::NoPrice { season: name.to_owned(), period: period.clone() };
        periods.push(Period {
            buy: buy.of(name, period).ok_or_else(no_price)?,
            sell: sell.of(name, period).unwrap_or(0.0),
            spells,
        });
    }
    check_week(name, &periods)?;
    Ok(Some(Season { from, to, periods }))
}

/// The times of a period: `{"periods": […]}`, or the list alone, as older tariffs have it.
fn read_spells(times: &Value) -> Result<Vec<WeekSpell>> {
    let list = match times {
        Value::Array(list) => list,
        times => times.get("periods").and_then(Value::as_array).ok_or_else(|| wrong("periods"))?,
    };
    if list.len() > MOST {
        return Err(wrong("periods"));
    }
    let spell = |spell: &Value| {
        let spell = spell.as_object().ok_or_else(|| wrong("periods"))?;
        let index = |name, high| number(spell, name, 0, high).map(|index| index as usize);
        let minute = |hour, minute| -> Result<usize> { Ok(index(hour, 24)? * 60 + index(minute, 59)?) };
        let (from_minute, to_minute) = (minute("fromHour", "fromMinute")?, minute("toHour", "toMinute")?);
        if from_minute >= DAY_MINUTES || to_minute > DAY_MINUTES {
            return Err(wrong("periods"));
        }
        Ok(WeekSpell { from_day: index("fromDayOfWeek", 6)?, to_day: index("toDayOfWeek", 6)?, from_minute, to_minute })
    };
    list.iter().map(spell).collect()
}

/// Each minute of the week has one period.
fn check_week(season: &str, periods: &[Period]) -> Result<()> {
    let spells: Vec<WeekSpell> = periods.iter().flat_map(|period| &period.spells).copied().collect();
    if spells.len() > MOST {
        return Err(wrong(format!("seasons.{season}.tou_periods")));
    }
    let mut counts = vec![0_usize; WEEK_MINUTES];
    for spell in spells {
        for day in (0..7).filter(|day| spell.has_day(*day)) {
            let (from, to) = (spell.from_minute, spell.to_minute);
            let ranges = if from < to { [from..to, 0..0] } else { [from..DAY_MINUTES, 0..to] };
            for minute in ranges.into_iter().flatten() {
                counts[day * DAY_MINUTES + minute] += 1;
            }
        }
    }
    match counts.iter().position(|count| *count != 1) {
        None => Ok(()),
        Some(wrong) => Err(TariffError::Periods {
            season: season.to_owned(),
            day: wrong / DAY_MINUTES,
            minute: wrong % DAY_MINUTES,
            count: counts[wrong],
        }),
    }
}

/// Each day of the year has one season. February 29 is as the day before, so that a season may end with either.
fn check_year(seasons: &[Season]) -> Result<()> {
    if seasons.is_empty() {
        return Err(TariffError::NoSeason);
    }
    let first = jiff::civil::date(2027, 1, 1);
    for date in first.series(jiff::Span::new().days(1)).take(YEAR_DAYS) {
        let (month, day) = (date.month(), date.day());
        let count = seasons.iter().filter(|season| season.has((month, day))).count();
        if count != 1 {
            return Err(TariffError::Seasons { month, day, count });
        }
    }
    Ok(())
}
