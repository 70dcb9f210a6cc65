//! Starts the service: `FLEETGATE_ISSUER=http://127.0.0.1:8080/oauth2/v3/thirdparty cargo run --package own-api`.

use std::env;
use std::error::Error;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let issuer = env::var("FLEETGATE_ISSUER")
        .map_err(|_| "Set `FLEETGATE_ISSUER` to the issuer, as its metadata names it, and start again.")?;
    let listen = env::var("OWN_API_LISTEN").unwrap_or_else(|_| "127.0.0.1:8090".to_owned());
    let app = own_api::app(&issuer).await?;
    let listener = TcpListener::bind(&listen).await?;
    println!("The chargers are at http://{}/chargers.", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
