//! The made-up people of the demo. Any likeness to a living person is chance.

pub struct Person {
    pub mrn: &'static str,
    pub given: &'static str,
    pub family: &'static str,
    pub sex: &'static str,
    pub birth: &'static str,
    pub language: &'static str,
    pub email: &'static str,
    pub mobile: &'static str,
    /// Seen at the location without an EMR.
    pub by_hand: bool,
}

#[expect(clippy::too_many_arguments, reason = "the columns of the table below")]
const fn person(
    mrn: &'static str,
    name: (&'static str, &'static str),
    sex: &'static str,
    birth: &'static str,
    language: &'static str,
    email: &'static str,
    mobile: &'static str,
    by_hand: bool,
) -> Person {
    Person { mrn, given: name.0, family: name.1, sex, birth, language, email, mobile, by_hand }
}

/// One has no address, one a placeholder, one is a minor: they are there to be found.
pub const PEOPLE: [Person; 34] = [
    person("1000", ("Alma", "Reyes"), "F", "1980-05-24", "es", "alma.reyes@mail.example", "555-0145-8684", false),
    person("1001", ("Nora", "Fielding"), "F", "1942-08-25", "en", "nora.fielding@mail.example", "555-0131-0849", false),
    person("1002", ("Victor", "Hale"), "M", "1998-03-04", "en", "victor.hale@mail.example", "555-0147-7685", false),
    person("1003", ("Grace", "Okafor"), "F", "1996-04-13", "en", "grace.okafor@mail.example", "555-0169-1670", false),
    person("1004", ("Luis", "Marte"), "M", "1977-04-01", "es", "luis.marte@mail.example", "555-0193-3550", false),
    person("1005", ("Ida", "Sorensen"), "F", "1967-05-06", "en", "ida.sorensen@mail.example", "555-0198-6380", false),
    person("1006", ("Omar", "Haddad"), "M", "1951-02-05", "en", "omar.haddad@mail.example", "555-0179-7288", false),
    person("1007", ("June", "Kessler"), "F", "1949-03-01", "en", "june.kessler@mail.example", "555-0100-3431", false),
    person("1008", ("Peter", "Vance"), "M", "1990-04-06", "en", "", "555-0121-4739", false),
    person("1009", ("Rosa", "Quintero"), "F", "1961-04-18", "es", "rosa.quintero@mail.example", "555-0186-3355", false),
    person("1010", ("Hugh", "Bellamy"), "M", "1952-12-07", "en", "hugh.bellamy@mail.example", "555-0149-4895", false),
    person(
        "1011",
        ("Tess", "Lindqvist"),
        "F",
        "1942-06-14",
        "en",
        "tess.lindqvist@mail.example",
        "555-0121-2387",
        false,
    ),
    person("1012", ("Carl", "Amsel"), "M", "1957-02-11", "en", "none@none.com", "555-0138-9881", false),
    person("1013", ("Maya", "Pratt"), "F", "1978-01-20", "en", "maya.pratt@mail.example", "555-0186-5536", false),
    person("1014", ("Diego", "Salas"), "M", "1945-05-12", "es", "diego.salas@mail.example", "555-0139-7876", false),
    person("1015", ("Ruth", "Engel"), "F", "1985-06-06", "en", "ruth.engel@mail.example", "555-0161-7742", false),
    person("1016", ("Evan", "Moss"), "M", "2011-05-17", "en", "evan.moss@mail.example", "555-0132-0374", false),
    person("1017", ("Lena", "Brandt"), "F", "2001-12-12", "en", "lena.brandt@mail.example", "555-0151-0296", false),
    person("1018", ("Walt", "Corley"), "M", "1976-07-12", "en", "walt.corley@mail.example", "555-0148-9478", false),
    person("1019", ("Pilar", "Nunez"), "F", "1994-01-15", "es", "pilar.nunez@mail.example", "555-0105-2964", false),
    person("1020", ("Ned", "Arlen"), "M", "1980-04-04", "en", "ned.arlen@mail.example", "555-0196-4031", false),
    person("1021", ("Faye", "Dunmore"), "F", "2000-08-12", "en", "faye.dunmore@mail.example", "555-0165-5812", false),
    person("1022", ("Ivan", "Petrov"), "M", "1998-09-09", "en", "ivan.petrov@mail.example", "555-0199-7583", false),
    person("1023", ("Clara", "Winslow"), "F", "1947-10-24", "en", "clara.winslow@mail.example", "555-0199-6017", false),
    person("1024", ("Bea", "Holm"), "F", "1996-05-02", "en", "bea.holm@mail.example", "555-0155-1493", true),
    person("1025", ("Gus", "Tanner"), "M", "1954-06-17", "en", "gus.tanner@mail.example", "555-0178-5941", true),
    person("1026", ("Olga", "Ruiz"), "F", "1999-03-11", "es", "olga.ruiz@mail.example", "555-0135-8931", true),
    person("1027", ("Milo", "Kerr"), "M", "1946-05-22", "en", "milo.kerr@mail.example", "555-0140-5016", true),
    person("1028", ("Edith", "Shaw"), "F", "1952-02-21", "en", "edith.shaw@mail.example", "555-0119-5067", true),
    person("1029", ("Rafael", "Ponce"), "M", "1971-03-24", "es", "rafael.ponce@mail.example", "555-0106-1326", true),
    person("1030", ("Wren", "Abbott"), "F", "1979-09-13", "en", "wren.abbott@mail.example", "555-0104-3888", true),
    person("1031", ("Joel", "Stein"), "M", "1988-10-12", "en", "joel.stein@mail.example", "555-0132-7465", true),
    person("1032", ("Sofia", "Lara"), "F", "1982-07-05", "es", "sofia.lara@mail.example", "555-0107-0536", true),
    person("1033", ("Amos", "Birch"), "M", "1992-08-11", "en", "amos.birch@mail.example", "555-0126-2139", true),
];
