enum SitePolicyPlaceholder {}
