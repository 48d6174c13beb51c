log-basis-app = { $app }, una aplicación que se conectó el { $date }
log-basis-short-app = permitido: una aplicación conectada
log-app-for = La aplicación { $app }, que conectó { $name }
log-app-for-you = La aplicación { $app }, que usted conectó
log-filter-only-apps = Solo aplicaciones
log-none-apps = Ninguna aplicación ha leído aquí nada de su expediente todavía.
log-none-apps-acting = Ninguna línea de aquí es de una aplicación.
