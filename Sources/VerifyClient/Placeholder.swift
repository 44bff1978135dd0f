enum VerifyClientPlaceholder {}
