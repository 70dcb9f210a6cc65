//! From the seed file to the whole world: gaps are filled, and what two places say is compared.

mod devices;
mod exported;

use std::collections::HashSet;
use std::ops::Range;

use fleetgate_protocol::user::Order;
use fleetgate_protocol::{ApplicationKind, GrantType, Holder, Region, SCOPES, ScopeSet, TokenType};
use fleetgate_simulator::{Connectivity, Vehicle, VehicleProfile};
use toml::Spanned;

use super::derive::Derivation;
use super::file::{AccountSeed, ApplicationSeed, ConsentSeed, Kind, OrderSeed, SeedFile, SigningKeySeed};
use super::text::Text;
use super::{World, WorldAccount, WorldApplication, WorldConsent, WorldSigningKey, generate};
use crate::authorization_server::authorization_request::grantable;
use crate::config::file::located::{LocatedError, Source};
use crate::config::file::scopes::own_scopes;
use crate::config::{OwnScope, check_scopes};
use crate::entropy::account_number;
use crate::keys::{Named, pkcs8_from_pem};
use crate::spelling::sentence;

/// Ids stay below this, so that no client loses digits.
const ID_END: i64 = 1 << 53;

/// Reads and completes a seed file.
pub(super) fn world(source: Source<'_>) -> Result<World, LocatedError> {
    let file: SeedFile = source.read()?;
    let own_scopes = own_scopes(source, file.scopes)?;
    let of = Derivation::of(&file.name);
    if let Some(clock) = file.clock.as_ref().filter(|clock| !clock.get_ref().is_possible()) {
        let problem = "The sandbox's clock shows times from 1970 to 2100.";
        return Err(source.complain(&clock.span(), "clock", problem));
    }
    let mut resolver = Resolver { source, of, own_scopes, taken: HashSet::new(), accounts: Vec::new() };
    for seed in &file.accounts {
        let account = resolver.account(seed)?;
        resolver.accounts.push(account);
    }
    let applications =
        file.applications.iter().map(|seed| resolver.application(seed)).collect::<Result<Vec<_>, _>>()?;
    let vehicles = generate::vehicles(source, &resolver.of, file.vehicles)?;
    let vehicles = vehicles.iter().map(|seed| resolver.vehicle(seed, &applications)).collect::<Result<_, _>>()?;
    let sites = generate::energy_sites(source, &resolver.of, file.energy_sites)?;
    let energy_sites = sites.iter().enumerate();
    let energy_sites = energy_sites.map(|(index, seed)| resolver.energy_site(index, seed)).collect::<Result<_, _>>()?;
    let sessions = file.charging_sessions.iter().map(|seed| resolver.charging_session(seed));
    let charging_sessions = sessions.collect::<Result<_, _>>()?;
    let consents = file.consents.iter().map(|seed| resolver.consent(seed, &applications)).collect::<Result<_, _>>()?;
    let kept = file.kept.into_iter();
    let kept = kept.map(|kept| resolver.kept(kept)).collect::<Result<_, _>>()?;
    let signing_keys = file.signing_keys.iter().map(|seed| resolver.signing_key(seed)).collect::<Result<_, _>>()?;
    let Resolver { own_scopes, accounts, .. } = resolver;
    Ok(World {
        name: file.name,
        clock: file.clock.map(Spanned::into_inner),
        clock_rate: file.clock_rate,
        own_scopes,
        accounts,
        applications,
        vehicles,
        energy_sites,
        charging_sessions,
        consents,
        kept,
        signing_keys,
        seed: source.text.to_owned(),
        file: source.file.to_owned(),
    })
}

/// Reads the scopes of a seed file alone.
pub(super) fn scopes(source: Source<'_>) -> Result<Vec<OwnScope>, LocatedError> {
    own_scopes(source, source.read::<SeedFile>()?.scopes)
}

struct Resolver<'s> {
    source: Source<'s>,
    of: Derivation,
    own_scopes: Vec<OwnScope>,
    /// What was named already, each under its kind.
    taken: HashSet<(&'static str, String)>,
    accounts: Vec<WorldAccount>,
}

impl Resolver<'_> {
    fn account(&mut self, seed: &AccountSeed) -> Result<WorldAccount, LocatedError> {
        let email = seed.email.get_ref().0.clone();
        let label = |what: &str| format!("account/{email}/{what}");
        self.once("accounts.email", &email, seed.email.span())?;
        let id = match &seed.id {
            Some(id) => id.get_ref().0.clone(),
            None => self.of.uuid(&label("id")),
        };
        self.once("accounts.id", &id, seed.id.as_ref().map_or_else(|| seed.email.span(), Spanned::span))?;
        let given = |text: &Option<Text>, other: String| text.as_ref().map_or(other, |text| text.0.clone());
        let orders = seed.orders.iter().enumerate();
        let orders = orders.map(|(index, order)| self.order(seed, &label(&format!("order/{index}")), order));
        Ok(WorldAccount {
            orders: orders.collect::<Result<_, _>>()?,
            full_name: given(&seed.full_name, email.split('@').next().unwrap_or_default().to_owned()),
            password: seed
                .password
                .as_ref()
                .map_or_else(|| self.of.password(&label("password")), |given| given.0.clone()),
            salt: self.of.bytes(&label("salt")),
            number: account_number(&id),
            business: seed.kind == Kind::Business,
            region: seed.region,
            ou_code: seed.ou_code.filter(|region| *region != seed.region),
            locale: seed.locale.0.clone(),
            profile_image_url: given(&seed.profile_image_url, format!("https://images.example.com/{id}.png")),
            vault_uuid: seed.vault_uuid.as_ref().map_or_else(|| self.of.uuid(&label("vault")), |uuid| uuid.0.clone()),
            id,
            email,
        })
    }

    /// An order looks like the one of a car of that model.
    fn order(&mut self, account: &AccountSeed, label: &str, seed: &OrderSeed) -> Result<Order, LocatedError> {
        let identity = seed.vin.as_ref().map_or_else(|| self.of.uuid(label), |vin| vin.0.clone());
        let model = Vehicle::new(VehicleProfile::new(identity, 0, 0, seed.model), Connectivity::Offline, 0).order();
        let locale = &account.locale.0;
        let country = locale.split(['-', '_']).nth(1).unwrap_or("US").to_owned();
        let given = |text: &Option<Text>, other: String| text.as_ref().map_or(other, |text| text.0.clone());
        let (reference_number, span) = match &seed.reference_number {
            Some(given) => (given.get_ref().0.clone(), given.span()),
            None => (model.reference_number, account.email.span()),
        };
        self.once("accounts.orders.reference_number", &reference_number, span)?;
        Ok(Order {
            vehicle_map_id: seed.vehicle_map_id.unwrap_or(model.vehicle_map_id),
            reference_number,
            vin: seed.vin.as_ref().map(|vin| vin.0.clone()),
            order_status: seed.status.0.clone(),
            order_substatus: seed.substatus.0.clone(),
            country_code: given(&seed.country_code, country),
            locale: locale.replace('-', "_"),
            mkt_options: given(&seed.options, model.mkt_options),
            is_b2b: account.kind == Kind::Business,
            ..model
        })
    }

    fn application(&mut self, seed: &ApplicationSeed) -> Result<WorldApplication, LocatedError> {
        let name = seed.name.get_ref().0.clone();
        let label = |what: &str| format!("application/{name}/{what}");
        self.once("applications.name", &name, seed.name.span())?;
        let client_id = match &seed.client_id {
            Some(id) => id.get_ref().0.clone(),
            None => self.of.uuid(&label("client_id")),
        };
        self.once(
            "applications.client_id",
            &client_id,
            seed.client_id.as_ref().map_or_else(|| seed.name.span(), Spanned::span),
        )?;
        let public = seed.kind == ApplicationKind::OpenSource;
        if let Some(secret) = seed.client_secret.as_ref().filter(|_| public) {
            return Err(self.source.complain(
                &secret.span(),
                "applications.client_secret",
                "An open-source application has no secret: leave `client_secret` out.",
            ));
        }
        let business = seed.business.as_ref().map(|business| self.business(business)).transpose()?;
        let domain = seed.domain.as_ref().map(|domain| domain.get_ref().0.clone());
        if let (Some(domain), Some(given)) = (&domain, &seed.domain) {
            self.once("applications.domain", domain, given.span())?;
        }
        let registered_regions =
            seed.registered_regions.as_ref().map(|regions| regions.get_ref().clone()).unwrap_or_default();
        if let Some(regions) =
            seed.registered_regions.as_ref().filter(|_| !registered_regions.is_empty() && domain.is_none())
        {
            return Err(self.source.complain(
                &regions.span(),
                "applications.registered_regions",
                "An application registers with a domain: add `domain`.",
            ));
        }
        let key = match &seed.private_key_pem {
            Some(key) => Some(key.get_ref().0.clone()),
            None => domain.is_some().then(|| self.of.ec_key(&label("key"))),
        };
        if let Some(key) = &key {
            let span = seed.private_key_pem.as_ref().map_or_else(|| seed.name.span(), Spanned::span);
            self.once_of("applications.private_key_pem", &key.point, span, "This key")?;
        }
        let client_secret = match &seed.client_secret {
            Some(given) => Some(given.get_ref().0.clone()),
            None => (!public).then(|| self.of.client_secret(&label("client_secret"))),
        };
        Ok(WorldApplication {
            description: seed.description.as_ref().map(|text| text.0.clone()).unwrap_or_default(),
            kind: seed.kind,
            grant_types: self.grant_types(seed)?,
            client_secret,
            redirect_uris: seed.redirect_uris.iter().map(|uri| uri.0.clone()).collect(),
            post_logout_redirect_uris: seed.post_logout_redirect_uris.iter().map(|uri| uri.0.clone()).collect(),
            allowed_origins: seed.allowed_origins.iter().map(|origin| origin.0.clone()).collect(),
            domain,
            key,
            scopes: match &seed.scopes {
                Some(scopes) => self.scopes("applications.scopes", scopes)?,
                None => default_scopes(seed.kind, business.is_some()),
            },
            registered_regions,
            business,
            machine_grant_id: self.of.uuid(&label("machine_grant")),
            client_id,
            name,
        })
    }

    /// What the kind can have, or those of it that were chosen.
    fn grant_types(&self, seed: &ApplicationSeed) -> Result<Vec<GrantType>, LocatedError> {
        let Some(given) = &seed.grant_types else { return Ok(seed.kind.grant_types().to_vec()) };
        let problem = match seed.kind.check_grants(given.get_ref()) {
            Ok(()) if given.get_ref().is_empty() => {
                "An application needs a grant; leave `grant_types` out for all that its kind can have.".to_owned()
            }
            Ok(()) => return Ok(given.get_ref().clone()),
            Err(error) => sentence(&error),
        };
        Err(self.source.complain(&given.span(), "applications.grant_types", problem))
    }

    fn consent(&mut self, seed: &ConsentSeed, applications: &[WorldApplication]) -> Result<WorldConsent, LocatedError> {
        let account = self.owner("consents.account", &seed.account)?;
        if account.business {
            let problem = format!("The account `{}` is a business's, which does not sign in.", account.email);
            return Err(self.source.complain(&seed.account.span(), "consents.account", problem));
        }
        let account_id = account.id.clone();
        let name = seed.application.get_ref();
        let application = applications.iter().find(|application| application.name == *name).ok_or_else(|| {
            let problem = format!("No application of this file has the name `{name}`.");
            self.source.complain(&seed.application.span(), "consents.application", problem)
        })?;
        if !application.grant_types.contains(&GrantType::AuthorizationCode) {
            let problem = format!("The application `{name}` has no `authorization_code`: nobody can consent to it.");
            return Err(self.source.complain(&seed.application.span(), "consents.application", problem));
        }
        let scopes = self.scopes("consents.scopes", &seed.scopes)?;
        let missing = scopes.difference(&grantable(&application.scopes));
        if !missing.is_empty() {
            let problem = format!("A person cannot grant `{missing}` to the application `{name}`.");
            return Err(self.source.complain(&seed.scopes.span(), "consents.scopes", problem));
        }
        let client_id = application.client_id.clone();
        self.once_of("consents", &format!("{account_id} {client_id}"), seed.application.span(), "This consent")?;
        let granted_ago = seed.granted_ago.as_ref().map_or(0, |ago| ago.get_ref().0);
        Ok(WorldConsent { account_id, client_id, scopes, granted_ago })
    }

    fn signing_key(&mut self, seed: &SigningKeySeed) -> Result<WorldSigningKey, LocatedError> {
        let region = seed.region.as_ref().map(|region| (*region.get_ref(), region.span()));
        if let Some((Region::Na | Region::Eu, span)) = &region {
            let problem = "This region has no authorization server of its own: leave `region` out.";
            return Err(self.source.complain(span, "signing_keys.region", problem));
        }
        const KEY: &str = "signing_keys.private_key_pem";
        let span = seed.private_key_pem.span();
        let pkcs8 = pkcs8_from_pem(seed.private_key_pem.get_ref());
        let key = pkcs8.and_then(|pkcs8| Named::new(seed.algorithm, &pkcs8)).map_err(|_| {
            let problem = format!("This is no private key for {} in PKCS#8 (`BEGIN PRIVATE KEY`).", seed.algorithm);
            self.source.complain(&span, KEY, problem)
        })?;
        self.once_of(KEY, &key.kid, span, "This key")?;
        Ok(WorldSigningKey { realm: region.map(|(region, _)| region), key })
    }

    /// Scopes that are known.
    fn scopes(&self, key: &str, given: &Spanned<ScopeSet>) -> Result<ScopeSet, LocatedError> {
        match check_scopes(given.get_ref(), &self.own_scopes) {
            Ok(()) => Ok(given.get_ref().clone()),
            Err(problem) => Err(self.source.complain(&given.span(), key, problem)),
        }
    }

    /// The account of an e-mail address.
    fn owner(&self, key: &str, email: &Spanned<String>) -> Result<&WorldAccount, LocatedError> {
        let wanted = email.get_ref().trim().to_lowercase();
        self.accounts.iter().find(|account| account.email == wanted).ok_or_else(|| {
            self.source.complain(
                &email.span(),
                key,
                format!("No account of this file has the e-mail address `{wanted}`."),
            )
        })
    }

    fn business(&self, email: &Spanned<String>) -> Result<String, LocatedError> {
        let account = self.owner("applications.business", email)?;
        if !account.business {
            let problem = format!("The account `{}` is a person's; give it `kind = \"business\"`.", account.email);
            return Err(self.source.complain(&email.span(), "applications.business", problem));
        }
        Ok(account.id.clone())
    }

    /// A given id, or a computed one of 16 digits.
    fn id(
        &mut self,
        key: &'static str,
        given: Option<&Spanned<i64>>,
        label: impl Fn() -> String,
        otherwise: Range<usize>,
    ) -> Result<i64, LocatedError> {
        let id = match given {
            Some(id) if (1..ID_END).contains(id.get_ref()) => *id.get_ref(),
            Some(id) => return Err(self.source.complain(&id.span(), key, "An id is at least 1 and below 2^53.")),
            None => self.of.number(&label(), 1_000_000_000_000_000, ID_END),
        };
        self.once(key, &id.to_string(), given.map_or(otherwise, Spanned::span))?;
        Ok(id)
    }

    /// Refuses what was named before.
    fn once(&mut self, key: &'static str, value: &str, span: Range<usize>) -> Result<(), LocatedError> {
        self.once_of(key, value, span, &format!("`{value}`"))
    }

    /// The same, for something that has other words for people.
    fn once_of(&mut self, key: &'static str, value: &str, span: Range<usize>, shown: &str) -> Result<(), LocatedError> {
        if self.taken.insert((key, value.to_owned())) {
            return Ok(());
        }
        Err(self.source.complain(&span, key, format!("{shown} stands in this file already; each needs its own.")))
    }
}

/// What an application of the kind may hold at all.
fn default_scopes(kind: ApplicationKind, business: bool) -> ScopeSet {
    let token_type = match kind {
        ApplicationKind::ThirdParty => TokenType::ThirdParty,
        ApplicationKind::Partner => TokenType::Partner,
        ApplicationKind::OpenSource => TokenType::OpenSource,
    };
    let held = |holder: Holder| holder.admits(token_type) && (business || holder != Holder::Business);
    SCOPES.iter().filter(|scope| held(scope.holder)).filter_map(|scope| scope.name.parse().ok()).collect()
}
