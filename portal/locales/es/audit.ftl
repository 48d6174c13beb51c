log-kind-consents = leyó las decisiones de privacidad
log-filter-consents = Decisiones de privacidad que se leyeron
