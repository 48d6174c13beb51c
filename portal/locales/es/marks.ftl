# Marcas de información protegida que pone o quita el personal, y preguntas sobre líneas del registro.

mark-title = Cambiar una marca de información protegida
mark-lead = Una marca decide quién más ve este elemento. Lo que cambie vale de inmediato. El paciente lo encuentra en su registro y puede leer aquí el motivo.
mark-label = Cambio
mark-none = Elija qué cambiar
mark-put = Marcar como: { $label }
mark-take = Quitar la marca: { $label }
mark-reason = Por qué
mark-reason-hint = Palabras sencillas que el paciente pueda leer.
mark-matter-hint = Nombre el asunto: el tribunal y el número del caso, o la demanda que se espera. Mientras la marca esté puesta, el paciente no ve este elemento, pero se le dice cuántos elementos se retienen y por qué.
mark-button = Cambiar la marca
problem-label-matter = Nombre el asunto legal para el que se preparó esto.
log-kind-label = cambió una marca de información protegida
log-filter-label = Marcas de información protegida
