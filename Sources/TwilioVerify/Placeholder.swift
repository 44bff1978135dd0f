enum TwilioVerifyPlaceholder {}
