log-basis-app = { $app }, an app that was connected on { $date }
log-basis-short-app = allowed: a connected app
log-app-for = The app { $app }, connected by { $name }
log-app-for-you = The app { $app }, connected by you
log-filter-only-apps = Only apps
log-none-apps = No app has read anything of your record here yet.
log-none-apps-acting = No line here is from an app.
