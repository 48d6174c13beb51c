# Words that people use for what a part of the record holds, set apart by commas: the search leads from them to the part.
# Capitals, accents and a plural “s” do not count, and the beginning of a word is enough.

plain-labs = blood, blood test, blood sugar, blood work, lab, laboratory, test, result, urine, pee, stool, sample, specimen, sugar, glucose, cholesterol, liver, kidney
plain-vitals = blood pressure, pressure, weight, height, temperature, fever, pulse, heart rate, heartbeat, oxygen
plain-medicines = medication, drug, pill, tablet, capsule, dose, refill, prescription, pharmacy, drugstore, insulin, inhaler
plain-allergies = reaction, rash, hives, intolerance
plain-conditions = illness, sickness, disease, diagnosis, problem, family history, pain, heart, liver, kidney
plain-immunizations = shot, jab, flu shot, immunization, vaccination, booster
plain-visits = appointment, checkup, check-up, hospital, stay, emergency room, doctor, physician, nurse, clinic
plain-procedures = surgery, operation, treatment, therapy, exam, referral, order
plain-notes = letter, report, summary, discharge
plain-imaging = x-ray, xray, x ray, scan, picture, image, ultrasound, sonogram, mammogram, mri, cat scan, ct scan
plain-care-plans = goal, plan, care team, doctor, nurse
plain-devices = implant, pacemaker, glasses, wheelchair, equipment, supply, supplies
plain-documents = form, consent, paper, file, living will, advance directive
plain-bills = bill, billing, cost, price, charge, payment, pay, money, claim, coverage, copay, insurance
plain-about-me = name, address, phone, telephone, birthday, birth date, language, emergency contact
plain-other = smoking, tobacco, alcohol, drinking, survey, questionnaire
