log-basis-app = { $app }, an app that was connected on { $date }
log-basis-short-app = allowed: a connected app
log-app-for = The app { $app }, connected by { $name }
