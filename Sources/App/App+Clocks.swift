import Basics
import Logging

extension App {
    /// The system's, but for jumps of its time of day.
    func steadyClocks() -> Clocks {
        .steady { [logger] event in
            switch event {
            case .jumped(let ahead):
                logger.warning(
                    "the system's clock jumped: it is followed if it stays so. Look at the machine's time service",
                    metadata: ["ahead": "\(ahead)", "patience": "\(SteadyTime.patience)"])
            case .returned: logger.notice("the system's clock came back by itself")
            case .followed(let ahead):
                logger.warning("the system's clock stays as it is: it is followed", metadata: ["ahead": "\(ahead)"])
            }
        }
    }
}
