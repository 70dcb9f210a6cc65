//! One file for each command.

mod accounts;
mod apps;
mod banner;
mod clock;
mod config;
mod cost;
mod dev;
mod fault;
mod followed;
mod inspect;
mod operator;
mod routes;
mod run;
mod serve;
mod token;
mod vehicle;
mod which_token;
mod world;

use crate::Exit;
use crate::arguments::{Arguments, Command, CostCommand, TokenCommand};

/// Does what was typed.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    match arguments.command {
        Command::Dev(dev) => dev::run(dev).await,
        Command::Run(run) => run::run(&run).await,
        Command::Serve(configured) => serve::run(&configured).await,
        Command::Accounts(accounts) => accounts::run(accounts).await,
        Command::Apps(apps) => apps::run(apps).await,
        Command::World(world) => world::run(world).await,
        Command::Token(token) => match token.command {
            Some(TokenCommand::Inspect(inspect)) => inspect::run(&inspect).await,
            None => token::run(&token.mint).await,
        },
        Command::Clock(clock) => clock::run(&clock).await,
        Command::Vehicle(vehicle) => vehicle::run(vehicle).await,
        Command::Fault(fault) => fault::run(fault).await,
        Command::Cost(cost) => match &cost.command {
            Some(CostCommand::Budget(budget)) => cost::set_budget(budget).await,
            None => cost::run(&cost.show).await,
        },
        Command::WhichToken(which) => which_token::run(&which),
        Command::Routes(routes) => routes::run(&routes),
        Command::Config(config) => config::run(&config),
    }
}
