log-kind-consents = read the privacy choices
log-filter-consents = Privacy choices that were read
log-filter-helpers = People who act for me or help me
log-filter-helpers-acting = People who act for the person or help them
log-filter-staff = Staff of the clinic
log-filter-systems = Systems of the clinic
