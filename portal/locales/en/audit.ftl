log-kind-consents = read the privacy choices
log-filter-consents = Privacy choices that were read
