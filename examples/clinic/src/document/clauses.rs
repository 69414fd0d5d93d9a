//! Text that is the same in every document.

/// How to prepare for an appointment.
pub(super) const PREPARATION: [&str; 4] = [
    "Please come ten minutes before your appointment, so that we can look through your papers together \
     and find what is missing before your time with the practitioner starts. Bring your insurance card, \
     a list of the medication that you take, and the letters and pictures of earlier examinations, even \
     when they are some years old: a comparison often says more than a new picture does.",
    "Wear clothes in which you can move and which can be taken off easily at the place that hurts. You \
     can change here, and there are lockers. Eat something light up to two hours before, and drink as you \
     are used to. If you take medication against pain, take it as on any other day, and tell us when you \
     took it last, for it changes what we can find out with our hands.",
    "If you come for the first time, the appointment is mostly a conversation. We want to know when it \
     began, what makes it better or worse, what you have tried, and what you would like to be able to do \
     again. From that and from the examination we write a plan with you, and you decide at home whether \
     you want to follow it.",
    "If you cannot come, tell us a day ahead, and we give the time to somebody who waits for one. The \
     line is open from half past seven on working days, and the machine takes your message at any hour. \
     If you are late, we still see you, for as much of your time as is left.",
];

/// What both sides can count on.
pub(super) const TERMS: [(&str, &str); 7] = [
    (
        "What is agreed",
        "The treatment is a service: we owe you our care and the state of our art, not a certain result. \
         What is done at each appointment is explained beforehand, and you can ask for it to be changed or \
         ended at any moment without giving a reason. The practitioner writes down what was done, what was \
         found, and what was agreed for the time until you come again.",
    ),
    (
        "What it costs",
        "The price follows the list that hangs at the entrance and that we send you on request. What your \
         insurance pays depends on your contract; we give you the papers that it asks for. Bills are due \
         within thirty days. A time that is missed without a word costs half of what it would have cost, \
         unless somebody else could take it, and we tell you whether that was so.",
    ),
    (
        "What we store",
        "We store your name, how to reach you, your date of birth, your appointments, what you answered in \
         our forms, and what the practitioner wrote. We need it for the treatment and for the bill, and the \
         law asks us to keep it for ten years after the last appointment. Nobody outside sees it unless you \
         ask for that or a law obliges us. You can see all of it, have it corrected, and take it with you \
         in a form that machines can read.",
    ),
    (
        "Risks",
        "Treatments with the hands and exercises can cause soreness for a day or two, seldom for longer. \
         After acupuncture there can be small bruises. Dizziness, numbness, or pain that grows in the night \
         are reasons to call us, or the emergency service when we are closed. Tell us of pregnancy, of \
         metal in your body, of blood thinners and of everything that was operated on.",
    ),
    (
        "Calls by video",
        "Some appointments can be held by video. You need a quiet room, a device with a camera, and a link \
         that we send you. The call goes from your device to ours and is not recorded by us; please do not \
         record it either. If the connection breaks, we call you on the telephone number that we know, and \
         an appointment that could not be held is not billed.",
    ),
    (
        "Complaints",
        "If something was not as it should be, say so, to the practitioner or at the desk. We answer in \
         writing within two weeks. If that is no answer to you, the board of conciliation of our profession \
         looks at it without a fee; its address is at the entrance as well.",
    ),
    (
        "Changes",
        "We may change these terms with six weeks' notice. What was agreed before stays as it was agreed. \
         If one of these rules turns out not to be valid, the others are, and what the law says takes its \
         place.",
    ),
];
