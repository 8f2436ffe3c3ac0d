use std::process::ExitCode;

fn main() -> ExitCode {
    stepwell::cli::main()
}
