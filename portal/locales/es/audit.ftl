log-kind-consents = leyó las decisiones de privacidad
log-filter-consents = Decisiones de privacidad que se leyeron
log-filter-helpers = Personas que actúan por mí o me ayudan
log-filter-helpers-acting = Personas que actúan por la persona o le ayudan
log-filter-staff = Personal de la clínica
log-filter-systems = Sistemas de la clínica
