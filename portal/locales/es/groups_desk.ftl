# Grupos de pacientes en la oficina.

desk-groups-title = Grupos de pacientes
desk-groups-link = Grupos de pacientes que sacan los sistemas
desk-groups-lead = La clínica acordó que ciertos sistemas pueden sacar los expedientes de estos grupos. Los grupos se hacen y se cambian en el servidor, con el comando «recordright group».
desk-groups-none = No hay ningún grupo.
desk-group-title = Un grupo
desk-group-people =
    { $count ->
        [one] { $number } persona
       *[other] { $number } personas
    }
desk-group-id = Identificador
desk-group-members = Personas en él
desk-group-recipient = Va a
desk-group-purpose = Para qué
desk-group-for-treatment = para que se pueda tratar a las personas
desk-group-for-payment = para que se pueda pagar la atención
desk-group-for-operations = para el trabajo de organizar la atención médica
desk-group-shown = Información protegida que sale
desk-group-shown-none = Ninguna
desk-group-changed = Último cambio
desk-group-plan = Es un plan médico. Lo que la gente pidió no dar a su plan no sale.
desk-group-over = Terminó: { $date }.
desk-group-systems = Sistemas que pueden sacarlo
desk-group-systems-none = Ningún sistema puede sacarlo.
desk-group-exports = Lo que se sacó
desk-group-exports-none = Todavía no se sacó nada.
desk-group-history = Qué pasó con el grupo
desk-group-history-none = No se anotó nada.
desk-group-made = Lo hizo { $name }, { $date }.
desk-group-set = { $name } fijó quién está en él, { $date }.
desk-group-came =
    { $count ->
        [one] Entró { $number } persona.
       *[other] Entraron { $number } personas.
    }
desk-group-went =
    { $count ->
        [one] Salió { $number } persona.
       *[other] Salieron { $number } personas.
    }
desk-group-ended = Lo terminó { $name }, { $date }.
desk-export-asked = Lo pidió { $system }, { $date }.
desk-export-waiting = Espera a que se prepare.
desk-export-working = Se está preparando: van { $done } de { $total } personas.
desk-export-ready = Listo: { $date }. Se puede recoger hasta: { $until }.
desk-export-failed = Falló: { $date }.
desk-export-erased = Se borraron sus archivos: { $date }.
desk-export-others = También lleva otros grupos.
