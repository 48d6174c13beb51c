# Aplicaciones y sistemas en la oficina.

nav-staff-apps = Aplicaciones
desk-apps-title = Aplicaciones y sistemas
desk-apps-lead = Aplicaciones que los pacientes pueden conectar, y sistemas acordados con la clínica. Los pacientes deciden sobre sus aplicaciones; la clínica detiene una solo si es un peligro.
desk-apps-none = No hay ninguna aplicación inscrita.
desk-app-title = Una aplicación
desk-app-system = sistema
desk-app-origin = La inscribió
desk-app-clinic = la clínica
desk-app-clinic-named = la clínica, { $name }
desk-app-people = Conectada ahora
desk-app-developer = quien la desarrolla
desk-app-developer-named = quien la desarrolla, { $name }
desk-app-dynamic = ella misma
desk-app-demo = la demostración
desk-app-second = Segunda persona
desk-app-agreed = { $name } estuvo de acuerdo, { $date }.
desk-app-settings = los ajustes de este servicio
desk-app-settings-gone = Ya no está en los ajustes de este servicio.
desk-app-settings-back = Sigue cuando esté otra vez en los ajustes y se inicie el servicio.
conflict-app-gone = Esta aplicación ya no está en los ajustes de este servicio. Póngala ahí otra vez y reinicie el servicio.
conflict-app-known = Lo que este formulario inscribió se quitó después. Envíelo otra vez para inscribirlo de nuevo.
desk-app-grants =
    { $count ->
        [one] La tiene conectada { $number } persona
       *[other] La tienen conectada { $number } personas
    }
desk-app-suspend = Detener esta aplicación
desk-app-suspend-words = Desde ese momento ninguno de sus tokens sirve, para nadie. Quienes la usan y quien la desarrolla ven que la clínica la detuvo.
desk-app-why-hint = Por ejemplo: entrega datos a otros, o le robaron las claves. Que nadie la haya revisado no es una razón (45 CFR 171.203).
desk-app-resume = Dejar que siga
desk-app-resume-words = Lo que la gente le permitió antes vale otra vez.
desk-system-new = Inscribir un sistema (servicio sin personas)
desk-system-new-title = Inscribir un sistema
desk-system-new-lead = Un sistema lee sin una persona. Se identifica con un par de claves, y recibe solo los permisos y los grupos que están aquí.
desk-app-new = Inscribir una aplicación para pacientes
desk-app-new-title = Inscribir una aplicación para pacientes
desk-app-new-lead = Está primero en «Buscar aplicaciones», y la gente lee que la clínica la agregó.
desk-app-register = Inscribir
desk-app-made-title = Está inscrita
desk-app-agree = Aceptar este sistema
desk-app-agree-words = Lo que un sistema lee sin una persona necesita dos personas de la clínica. Mire antes sus claves, sus permisos y sus grupos.
desk-app-mark-title = Recomendación
desk-app-mark-words = Si la clínica la recomienda, está primero entre las aplicaciones que se encuentran, y la gente lo lee.
desk-app-marked = La clínica la recomienda.
desk-app-mark = Recomendar
desk-app-unmark = No recomendar más
