"""The names, formats and title patterns of the small catalogue, and its works written by hand."""

FIRST_NAMES = """Abel Agnes Ambrose Anna Barnaby Beatrice Caleb Catherine Clement Dorothea Edith
Edmund Eleanor Ephraim Esther Everard Felicity Gideon Giles Grace Harriet Hester Hugh Isaac Isabel
Jabez Josiah Judith Lambert Leonard Lydia Margery Martha Matthew Miriam Nathaniel Nora Octavia
Oliver Phoebe Ralph Roger Rosamund Samuel Silas Simon Thomasin Tobias Ursula Walter""".split()
SURNAMES = """Ashdown Attwater Bellwether Birchall Blackmore Brathwaite Cantelow Chalfont
Clutterbuck Copperthwaite Crabtree Cullingworth Dalrymple Dunnock Eddowes Elphick Fairweather
Featherstone Fothergill Garside Gathercole Greenhalgh Hardcastle Hathersage Heathcote Hollingbery
Inskip Jessop Kettlewell Kirkbride Lamplugh Larkspur Lovelock Mapplebeck Merriweather Mossop
Nettleship Oldroyd Orchardson Pennefather Pettigrew Quarrington Ravenscroft Rowntree Saltmarsh
Shillingford Starling Sweetapple Thistlewood Threlkeld Tregenza Twelvetrees Underhay Wagstaff
Wetherell Whittlesea Winterbourne Wolstenholme Yallop Yarborough""".split()
TOWNS = """Bath Norwich Leeds Bristol Exeter York Edinburgh Dublin Whitby Shrewsbury Durham
Lincoln""".split()

# A language: its name, where its titles are from, and its word between a title and an author.
LANGUAGES = {
    "eng": ("English", None, "by"), "fre": ("French", "France", "par"),
    "ger": ("German", "Germany", "von"), "lat": ("Latin", None, "auctore"),
    "ita": ("Italian", "Italy", "di"), "dut": ("Dutch", "Netherlands", "door"),
    "spa": ("Spanish", "Spain", "por"), "por": ("Portuguese", "Portugal", "por"),
    "nor": ("Norwegian", "Norway", "av"), "swe": ("Swedish", "Sweden", "av"),
    "wel": ("Welsh", "Wales", "gan"),
}

# A format: the catalogue's code for it, its share, its first year, its genres, and, where it has
# its own, patterns of titles.
FORMATS = {
    "Books": ("a", 12, 0, ["Treatises", "Handbooks", "Textbooks", "Histories"], None),
    "Pictures": ("k", 5, 0, None, None),
    "Archives and manuscripts": ("h", 3, 1660, ["Correspondence", "Minutes", "Diaries"], [
        "Papers of {name}, {craft}, of {town}: {x}",
        "Minute book of the {town} society for {x}",
        "Letters from {name} to a {craft} in {place}, on {x} and {y}"]),
    "Manuscripts": ("b", 1, 0, ["Commonplace books", "Account books"], [
        "Commonplace book of {name}: notes on {x} and {y}",
        "A {craft}'s day-book, {place}: {x}"]),
    "Journals": ("d", 1, 1790, ["Periodicals"], [
        "The {craft}'s quarterly: {x}, {y} and allied matters",
        "Proceedings of the {town} institute: {x}"]),
    "Maps": ("e", 1, 0, ["Maps"], [
        "A new map of {place}, shewing {x}",
        "Plan of {town}, with {x} marked in red"]),
    "Ephemera": ("l", 1, 1750, ["Handbills", "Programmes"], [
        "Handbill: {name}, {craft}, of {town}, begs to recommend {x}",
        "Programme of an exhibition of {x} at {town}"]),
    "Student dissertations": ("w", 1, 1930, ["Academic theses"], [
        "{X} and {y} in {place}, {year}-{later}: a dissertation"]),
    "E-books": ("v", 1, 1930, ["Electronic books"], None),
}

# A technique of pictures: its genre, and its first year.
TECHNIQUES = {"Etching": ("Etchings", 0), "Line engraving": ("Line engravings", 0),
              "Wood engraving": ("Wood engravings", 1780), "Lithograph": ("Lithographs", 1800),
              "Watercolour": ("Watercolours", 0), "Pen and ink drawing": ("Drawings", 0),
              "Photograph": ("Photographs", 1845)}

# A century: the form that a cataloguer adds to its headings, and patterns of titles.
CENTURIES = {
    17: ("Early works to 1800", [
        "A treatise of {x}, with some account of {y}",
        "The compleat {craft}: or, the whole art of {x}",
        "A true and brief discourse of {x}",
        "Certaine observations upon {x}, gathered in {place}",
        "The {craft} his companion, containing {x} and {y}",
        "A plaine and easie introduction to {x}",
        "Strange newes from {place}, being a relation of {x}"]),
    18: ("Early works to 1800", [
        "An essay on {x}",
        "Observations on {x}, made in {place} in the year {year}",
        "A letter to a friend in {town}, concerning {x}",
        "The {craft}'s vade-mecum: {x} and {y} made plain",
        "An inquiry into {x}, with remarks upon {y}",
        "Rules and cautions concerning {x}, by a {craft} of {town}",
        "A dissertation on {x}, read before the society at {town}"]),
    19: ("Handbooks, manuals, etc", [
        "A manual of {x} and {y}",
        "Lectures on {x}, delivered at {town}",
        "Hints on {x}, for the use of the young {craft}",
        "Notes on {x} from {place}",
        "On {x}, and on {y}",
        "A popular guide to {x}",
        "Report of the committee on {x} at {town}",
        "Reminiscences of a {craft}, chiefly of {x}",
        "Ten years a {craft} in {place}: {x}"]),
    20: ("History", [
        "A history of {x} in {place}",
        "Studies in the history of {x} and {y}",
        "The story of {x}",
        "{X}, {y} and the {craft}, {year}-{later}",
        "The {craft} in {place}: essays on {x}",
        "{X}: a bibliography",
        "{X} in {town}, {year}-{later}",
        "{X}: trade, skill and the {craft}"]),
}

# Works that the documents speak of: id, title, format, year, contributor, headings. A heading is
# its concepts; "England:Place" gives a type, a bare label is a topic.
KNOWN_WORKS = [
    ("cex557h4", "The bee-master of Wensleydale: swarms, skeps and honey in a northern valley",
     "Books", 1854, "Merriweather, Josiah, 1801-1877",
     [["Bee culture", "England:Place"], ["Skeps"], ["Honey"], ["Bees", "19th Century:Period"]]),
    ("b7wqtm2e", "The surgeon's mate at sea, with the cure of wounds and of the scurvy",
     "Books", 1748, "Saltmarsh, Hugh, 1702-1769",
     [["Surgery", "18th Century:Period"], ["Ship surgeons"], ["Scurvy"],
      ["Wounds and injuries"]]),
    ("e4kcyz8d", "A journal of the plague, and of the shutting up of houses in London",
     "Books", 1666, "Cantelow, Giles, 1629-1690",
     [["Plague", "London (England):Place"], ["Quarantine", "17th Century:Period"],
      ["Bills of mortality"]]),
    ("q9fhs3vx", "Four hundred miles by sledge: the log of a winter on the ice",
     "Archives and manuscripts", 1893, "Fairweather, Simon, 1858-1921",
     [["Polar exploration"], ["Sledges"], ["Arctic regions", "19th Century:Period"], ["Dogs"]]),
    ("mz2d6pya", "Two old men at chess in a coffee-house. Etching after O. Larkspur, 1781",
     "Pictures", 1781, "Larkspur, Oliver, 1739-1803",
     [["Chess"], ["Chess players", "18th Century:Period"], ["Coffeehouses"]]),
    ("t5wnrg7u", "The dyer's garden: madder, indigo and weld from seed to cloth",
     "Books", 1962, "Rowntree, Phoebe, 1911-1988",
     [["Dyes and dyeing", "History"], ["Madder"], ["Indigo"], ["Gardens"]]),
    ("hvq8a4cj", "Night and the telescope: a popular guide to comets and eclipses",
     "Books", 1869, "Starling, Edith, 1831-1899",
     [["Comets"], ["Eclipses"], ["Telescopes"], ["Astronomy", "19th Century:Period"]]),
    ("xn3e9bks", "A box of letters, not yet described", "Archives and manuscripts", 1920, None, []),
]
