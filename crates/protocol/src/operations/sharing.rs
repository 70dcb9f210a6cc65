//! Sharing a vehicle: invitations to drive it.

use super::{Device, Kind, Method, Operation, PERSON, Response, VEHICLE_TAG, body, operations, path, query, schema};
use crate::Scope;
use crate::sharing::{Invitation, Redeemed};

operations! {
    /// Sharing a vehicle: invitations to drive it.
    SharingOperation {
        Invitations => Operation {
            name: "share_invites",
            summary: "The invitations to drive the vehicle, newest first, a page at a time, for the owner.",
            path: "/api/1/vehicles/{vehicle_tag}/invitations",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA, Scope::VEHICLE_CMDS],
            device: Some(Device::Vehicle),
            parameters: &[
                VEHICLE_TAG,
                query("page", Kind::Integer, "Which page, from 1.", "1"),
                query("per_page", Kind::Integer, "How many a page, 1 to 25; 25 unless told.", "25"),
            ],
            response: Response::Page(schema::<Invitation>),
            decision: "A driver is refused with 403. Invitations stay in the list when they are over; `state` is `pending`, \
                       `accepted`, `revoked` or `expired`.",
            ..Operation::BASE
        },
        Create => Operation {
            name: "share_invites_create",
            summary: "Makes an invitation to drive the vehicle, good once and for a day; the vehicle need not be online.",
            method: Method::Post,
            path: "/api/1/vehicles/{vehicle_tag}/invitations",
            scopes_any: &[Scope::VEHICLE_CMDS],
            device: Some(Device::Vehicle),
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<Invitation>),
            refusals: &[422],
            decision: "A driver is refused with 403; with five drivers, the owner is with 422. `share_link` names this \
                       server.",
            ..Operation::BASE
        },
        Redeem => Operation {
            name: "share_invites_redeem",
            summary: "Makes the person a driver of the vehicle to which an invitation is.",
            method: Method::Post,
            path: "/api/1/invitations/redeem",
            scopes_any: &[Scope::VEHICLE_CMDS, Scope::VEHICLE_DEVICE_DATA],
            token_types: PERSON,
            parameters: &[body("code", Kind::String, "The last part of the share link.", "\"b2xkLXNob2VzLXdhbGstZmFy\"")],
            response: Response::One(schema::<Redeemed>),
            refusals: &[404, 422],
            decision: "A code that never was is answered with 404; one that is used, expired or revoked, a sixth driver, \
                       and somebody who uses the vehicle already, with 422.",
            ..Operation::BASE
        },
        Revoke => Operation {
            name: "share_invites_revoke",
            summary: "Takes an invitation back.",
            method: Method::Post,
            path: "/api/1/vehicles/{vehicle_tag}/invitations/{invitation_id}/revoke",
            scopes_any: &[Scope::VEHICLE_CMDS],
            device: Some(Device::Vehicle),
            parameters: &[
                VEHICLE_TAG,
                path("invitation_id", Kind::String, "The `id` of the invitation.", "\"733204411908\""),
            ],
            response: Response::One(schema::<bool>),
            refusals: &[422],
            decision: "Taking it back twice is no error; one that was accepted is answered with 422: remove the driver.",
            ..Operation::BASE
        },
    }
}
