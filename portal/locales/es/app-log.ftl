log-basis-app = { $app }, una aplicación que se conectó el { $date }
log-basis-short-app = permitido: una aplicación conectada
log-app-for = La aplicación { $app }, que conectó { $name }
