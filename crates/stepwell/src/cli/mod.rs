//! **cli** — one binary, many commands.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
