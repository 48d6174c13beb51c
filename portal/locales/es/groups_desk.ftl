# Grupos de pacientes en la oficina.

nav-staff-groups = Grupos
desk-groups-title = Grupos de pacientes
desk-groups-link = Grupos de pacientes que sacan los sistemas
desk-groups-lead = La clínica acordó que ciertos sistemas pueden sacar los expedientes de estos grupos. Un grupo se hace, y cambia, cuando dos personas lo quieren.
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
desk-group-system = Sistema
desk-group-system-choose = Elija un sistema
desk-group-give = Permitir que otro sistema lo saque
desk-group-give-words = Vale cuando una segunda persona está de acuerdo. Una de las dos debe ser responsable de privacidad.
desk-group-take = Quitarlo a { $system }
desk-group-take-words = El sistema al que se lo quite no recibe nada de él desde su siguiente solicitud. Las exportaciones con este grupo que se están preparando se detienen.
desk-group-settings = Este sistema está en la configuración. Ella dice qué grupos puede sacar.
desk-group-given = { $name } propuso que { $system } lo pueda sacar, { $date }.
desk-group-taken = { $name } lo quitó a { $system }, { $date }.
conflict-system-group = No se le puede dar el grupo a este sistema. Ya lo tiene, o ya no existe, o tiene 20 grupos.
desk-group-exports = Lo que se sacó
desk-group-exports-none = Todavía no se sacó nada.
desk-group-history = Qué pasó con el grupo
desk-group-history-none = No se anotó nada.
desk-group-made = Lo hizo { $name }, { $date }.
desk-group-set = { $name } fijó quién está en él, { $date }.
desk-group-came =
    { $count ->
        [0] No entró nadie.
        [one] Entró { $number } persona.
       *[other] Entraron { $number } personas.
    }
desk-group-went =
    { $count ->
        [0] No salió nadie.
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

# Propuestas.

desk-group-name = Nombre
desk-group-name-hint = Cómo lo llaman ustedes. Lo ven los sistemas que lo reciben.
desk-group-id-hint = Letras, cifras, puntos y guiones. Está en direcciones y en lo que se acuerda con un sistema.
desk-group-recipient-hint = Quién recibe los expedientes, tal como lo leerán las personas en su registro.
desk-group-who = Qué es
desk-group-who-other = Cualquiera que no sea un plan de salud
desk-group-who-plan = Un plan de salud. Lo que las personas pidieron ocultar a su plan no sale.
desk-group-shown-hint = Marque solo lo que el destinatario necesita. Las notas de psicoterapia y los papeles de un caso legal nunca salen.
desk-group-members-hint = Un número de expediente o id en cada línea, hasta 2,000. La segunda persona ve quiénes son si puede buscar personas; si no, cuántas son.
desk-group-lines = Líneas que no son de nadie de aquí, o son de varias personas: { $lines }. No se guardó nada.
desk-group-unknown =
    { $count ->
        [one] { $number } línea no es de nadie de aquí, o es de varias personas. No se guardó nada.
       *[other] { $number } líneas no son de nadie de aquí, o son de varias personas. No se guardó nada.
    }
refused-too-many-lists = Usted envió muchas listas de personas en poco tiempo. Lo que escribió sigue aquí. Espere una hora o un día y envíelo otra vez.
problem-group-members = Algunas líneas no son de nadie de aquí, o son de varias personas. Corrija esas líneas y envíe la lista otra vez.
problem-group-many = Nombre a 2,000 personas como máximo. Una lista más larga se puede poner en el servidor, con el comando «recordright group».
conflict-group-proposed = Algo sobre este grupo ya espera a una segunda persona. Espere a que se decida.
refused-group-officer = Una de las dos personas debe ser hoy responsable de privacidad. Pida a una persona responsable de privacidad que la apruebe.
desk-group-members-title = Cambiar quién está en el grupo
desk-group-members-lead = La lista reemplaza a la anterior: quien no está en ella sale del grupo. Vale cuando una segunda persona está de acuerdo.
desk-group-now = Ahora en él
desk-group-agreed = { $name } lo aprobó, { $date }.
desk-group-end = Terminar el grupo
desk-group-end-words = A partir de ese momento no saldrá nada de él, y los archivos ya hechos no se entregarán más. No se puede deshacer.
desk-proposals-title = Propuestas sobre grupos
desk-proposals-lead = Un grupo vale, o cambia, cuando una segunda persona está de acuerdo antes de 30 días. Una de las dos debe ser responsable de privacidad.
desk-proposals-none = No se propuso nada.
desk-proposal-title = Una propuesta
desk-proposal-new = Proponer un grupo
desk-proposal-lead = Los sistemas acordados para este grupo sacarán los expedientes de estas personas. Nada sale antes de que una segunda persona esté de acuerdo. Para qué es y quién lo recibe no cambia después.
desk-proposal-button = Proponerlo
desk-proposal-group = Un grupo nuevo
desk-proposal-members = Otras personas en un grupo
desk-proposal-system = Otro sistema para un grupo
desk-proposal-system-words = Desde entonces, este sistema puede sacar los expedientes de las personas de este grupo. Cada una lo lee en su registro.
desk-proposal-by = { $name } la propuso, { $date }.
desk-proposal-what = Qué
desk-proposal-who = Quién
desk-proposal-many = Personas que tendría
desk-proposal-waits = Espera a una segunda persona.
desk-proposal-second = Una segunda persona debe aprobarla. No puede ser quien la propuso.
desk-proposal-agreed = { $name } la aprobó, { $date }.
desk-proposal-declined = { $name } la rechazó, { $date }.
desk-proposal-taken-back = { $name } la retiró, { $date }.
desk-proposal-lapsed = Nadie la aprobó antes de 30 días. Terminó.
desk-proposal-come = Entrarían
desk-proposal-go = Saldrían
desk-proposal-agree = Aprobar
desk-proposal-agree-words = A partir de ese momento, los sistemas de este grupo podrán sacar los expedientes de estas personas. Cada una lo leerá en su registro.
desk-proposal-decline = Rechazar
desk-proposal-take-back = Retirarla
desk-waiting-groups =
    { $count ->
        [0] Ninguna propuesta sobre un grupo espera su aprobación.
        [one] { $number } propuesta sobre un grupo espera su aprobación.
       *[other] { $number } propuestas sobre grupos esperan su aprobación.
    }
desk-proposal-people = Quién estaría en el grupo
