"""The essays that the model draws on, by the keys under which numbers cite them."""

SOURCES = {
    "KJ": "J. Kucharczuk, “Authoritarianism on technological steroids? The Chinese Social Credit System”, Klub Jagielloński, 17 July 2019",
    "D4C": "“Security vs. liberty: China’s Orwellian dystopia?”, D4C club blog, c. 2016–17",
    "EZ": "K. Kühnreich, “Social control 4.0? China’s Social Credit Systems”, Eurozine / Blätter, 10 August 2018",
    "ICO": "“The Chinese Social Credit System”, ICO wiki, c. 2020–21 (a student wiki; the weakest of the sources)",
    "FP": "A. Hawkins, “Chinese Citizens Want the Government to Rank Them”, Foreign Policy, May 2017",
}
