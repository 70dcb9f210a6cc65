//! Sharing a vehicle: invitations to drive it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::SharingOperation;
use fleetgate_protocol::sharing::{INVITATION_LIFETIME, Invitation, MOST_DRIVERS, Redeemed};
use fleetgate_store::{Acceptance, Device, MasterKey, StoredInvitation, Withdrawal};

use super::answer::{Answer, Pagination, Refusal};
use super::call::{Call, invalid};
use super::devices::{self, Role};
use super::partner::milliseconds;
use crate::entropy::{account_number, hash};

/// How many invitations a page has unless told, and at most.
const PER_PAGE: i64 = 25;
/// Under which word codes are sealed.
const SEALED: &str = "invitation";

pub(super) async fn answer(operation: SharingOperation, call: Call) -> Result<Answer, Refusal> {
    match operation {
        SharingOperation::Invitations => invitations(&call).await,
        SharingOperation::Create => create(&call).await,
        SharingOperation::Redeem => redeem(&call).await,
        SharingOperation::Revoke => revoke(&call).await,
    }
}

async fn invitations(call: &Call) -> Result<Answer, Refusal> {
    let page = call.query_integer("page", 1..=1_000_000)?.unwrap_or(1);
    let per_page = call.query_integer("per_page", 1..=PER_PAGE)?.unwrap_or(PER_PAGE);
    let found = devices::vehicle(call).await?;
    found.for_the_owner()?;
    let (stored, total) = call.state.store.invitations(&found.device.key, (page - 1) * per_page, per_page).await?;
    let invitations: Vec<Invitation> = stored.iter().map(|stored| shown(call, &found.device, stored)).collect();
    Answer::page(&invitations, Pagination::new(page, per_page, total))
}

async fn create(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::vehicle(call).await?;
    found.for_the_owner()?;
    let (state, now) = (&call.state, call.state.now());
    if state.store.drivers(&found.device.key).await?.len() as i64 >= MOST_DRIVERS {
        return Err(unusable("The vehicle has five drivers, which is as many as it can have."));
    }
    let code = URL_SAFE_NO_PAD.encode(state.entropy.bytes::<24>());
    let stored = StoredInvitation {
        id: i64::from_be_bytes(state.entropy.bytes()) & ((1 << 53) - 1),
        vin: found.device.key.clone(),
        code_hash: hash(&code),
        sealed_code: sealed(&state.master, &code),
        created_at: now,
        expires_at: now + INVITATION_LIFETIME,
        revoked_at: None,
        redeemed_at: None,
        redeemed_by: None,
    };
    state.store.insert_invitation(&stored).await?;
    Answer::one(&shown(call, &found.device, &stored))
}

async fn redeem(call: &Call) -> Result<Answer, Refusal> {
    let code = call.text("code")?;
    if code.is_empty() || code.len() > 128 {
        return Err(invalid("code").into());
    }
    let (store, account) = (&call.state.store, &call.principal().subject);
    let role = Role::Driver.as_str();
    match store.redeem_invitation(&hash(code), account, role, MOST_DRIVERS, call.state.now()).await? {
        Acceptance::Accepted { vin } => {
            let vehicle = devices::vehicle_named(call, &vin).await?;
            let vehicle = devices::looked_at(&call.state, &vehicle.device, call.state.now()).await?;
            Answer::one(&Redeemed { vehicle_id_s: vehicle.profile.vehicle_id.to_string(), vin })
        }
        Acceptance::Unknown => Err(Refusal::because(FleetError::not_found(), "There is no invitation with this code.")),
        Acceptance::Over => Err(unusable("The invitation is used, expired or revoked.")),
        Acceptance::UsesItAlready => Err(unusable("The person owns or drives the vehicle already.")),
        Acceptance::TooManyDrivers => Err(unusable("The vehicle has five drivers, which is as many as it can have.")),
    }
}

async fn revoke(call: &Call) -> Result<Answer, Refusal> {
    let found = devices::vehicle(call).await?;
    found.for_the_owner()?;
    let unknown = || Refusal::because(FleetError::not_found(), "The vehicle has no invitation of this `id`.");
    let id: i64 = call.path("invitation_id").parse().map_err(|_| unknown())?;
    match call.state.store.revoke_invitation(&found.device.key, id, call.state.now()).await? {
        Withdrawal::Revoked => Answer::one(&true),
        Withdrawal::Unknown => Err(unknown()),
        Withdrawal::Accepted => {
            Err(unusable("Somebody accepted the invitation; remove the driver with `drivers_remove`."))
        }
    }
}

/// The code of an invitation as it is stored, to be shown to the owner again.
pub(crate) fn sealed(master: &MasterKey, code: &str) -> Vec<u8> {
    master.seal(SEALED, code.as_bytes())
}

/// The code of a stored invitation; `None` when it was sealed under another master key.
pub(crate) fn opened(master: &MasterKey, stored: &StoredInvitation) -> Option<String> {
    String::from_utf8(master.open(SEALED, &stored.sealed_code).ok()?.to_vec()).ok()
}

/// 422, in words that are the service's.
fn unusable(reason: &'static str) -> Refusal {
    Refusal::because(FleetError::unprocessable("invalid_resource"), reason)
}

/// An invitation as its owner sees it.
fn shown(call: &Call, device: &Device, stored: &StoredInvitation) -> Invitation {
    // One that was sealed under another master key can be revoked, but not handed on.
    let code = opened(&call.state.master, stored).unwrap_or_default();
    let state = match stored {
        StoredInvitation { redeemed_at: Some(_), .. } => "accepted",
        StoredInvitation { revoked_at: Some(_), .. } => "revoked",
        StoredInvitation { expires_at, .. } if *expires_at <= call.state.now() => "expired",
        _ => "pending",
    };
    let owner_id = account_number(&device.owner_account_id);
    let share_user_id = stored.redeemed_by.as_deref().map(account_number);
    Invitation {
        id: stored.id,
        owner_id,
        share_user_id,
        product_id: stored.vin.clone(),
        state: state.to_owned(),
        share_link: format!("{}/_rs/1/{code}", call.serving.base_url),
        code,
        expires_at: milliseconds(stored.expires_at),
        revoked_at: stored.revoked_at.map(milliseconds),
        borrowing_device_id: None,
        key_id: None,
        product_type: "vehicle".to_owned(),
        share_type: "customer".to_owned(),
        share_user_sso_id: stored.redeemed_by.clone(),
        active_pubkeys: vec![None],
        id_s: stored.id.to_string(),
        owner_id_s: owner_id.to_string(),
        share_user_id_s: share_user_id.map(|id| id.to_string()).unwrap_or_default(),
        borrowing_key_hash: None,
        vin: stored.vin.clone(),
    }
}
