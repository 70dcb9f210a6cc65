//! `fleetgate config check`.

use super::operator;
use crate::Exit;
use crate::arguments::ConfigCommand;
use crate::output::print;

pub(crate) fn run(command: &ConfigCommand) -> anyhow::Result<Exit> {
    let ConfigCommand::Check(configured) = command;
    let config = operator::config_to_serve(configured)?;
    let regions: Vec<String> = config.regions.iter().map(|region| region.region.to_string()).collect();
    let lines = [
        format!("`{}` is good.", configured.config.display()),
        format!("  base_url  {}", config.base_url.unwrap_or_default()),
        format!("  listen    {}{}", config.listen, if config.tls.is_some() { ", with TLS" } else { ", without TLS" }),
        format!("  data_dir  {}", config.data_dir.display()),
        format!("  database  {}", config.database),
        format!("  regions   {}", regions.join(", ")),
    ];
    print(&(lines.join("\n") + "\n"));
    Ok(Exit::Success)
}
