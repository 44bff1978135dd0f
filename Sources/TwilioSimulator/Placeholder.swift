enum TwilioSimulatorPlaceholder {}
