"""The words of the little world: people, goods, desks, and the closed facts its chat skills ask for."""

DESKS = ("returns", "delivery", "billing", "repairs", "account", "advice")
URGENCIES = ("urgent", "normal", "relaxed")

PRODUCTS = (
    "kettle", "toaster", "lamp", "blender", "heater", "fan", "radio", "clock", "iron", "mixer", "juicer", "vacuum",
    "drill", "scale", "speaker", "oven", "grill", "freezer", "dryer", "printer", "camera", "shaver", "humidifier",
    "coffee maker", "rice cooker", "hair dryer", "sewing machine", "bread maker",
)  # fmt: skip

NAMES = (
    "Mara", "Jonas", "Lena", "Otto", "Ines", "Paul", "Rosa", "Felix", "Nora", "Emil", "Greta", "Hugo", "Clara", "Theo",
    "Ida", "Karl", "Maya", "Luis", "Anna", "Boris", "Carla", "David", "Elsa", "Frank", "Gina", "Henry", "Iris", "Jack",
    "Kira", "Leo", "Mona", "Nils", "Olga", "Pablo", "Quinn", "Rita", "Sven", "Tara", "Uma", "Victor", "Wanda", "Xenia",
    "Yusuf", "Zoe", "Amir", "Bella", "Cyrus", "Dora", "Edgar", "Fiona", "Gustav", "Hanna", "Igor", "Julia", "Kofi",
    "Lotte", "Milan", "Nadia", "Oscar", "Petra", "Ravi", "Sofia", "Tomas", "Vera", "Wim", "Yara", "Zeno", "Aisha",
)  # fmt: skip

OPPOSITES = (
    ("hot", "cold"), ("big", "small"), ("fast", "slow"), ("high", "low"), ("old", "new"), ("wet", "dry"),
    ("open", "closed"), ("full", "empty"), ("light", "dark"), ("long", "short"), ("loud", "quiet"), ("hard", "soft"),
    ("rich", "poor"), ("early", "late"), ("strong", "weak"), ("happy", "sad"), ("near", "far"), ("clean", "dirty"),
    ("thick", "thin"), ("up", "down"), ("left", "right"), ("first", "last"), ("sweet", "sour"), ("good", "bad"),
)  # fmt: skip

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

COLOURS = {
    "the sky": "blue", "grass": "green", "snow": "white", "coal": "black", "a lemon": "yellow", "blood": "red",
    "a carrot": "orange", "the sea": "blue", "milk": "white", "a tomato": "red", "the night": "black",
    "a leaf": "green", "the sun": "yellow", "a mouse": "grey", "a pumpkin": "orange", "a plum": "purple",
    "salt": "white", "a cherry": "red", "a frog": "green", "a raven": "black", "chocolate": "brown",
    "a banana": "yellow", "smoke": "grey", "an eggplant": "purple", "a chestnut": "brown", "a rose": "red",
    "a swan": "white", "a pea": "green",
}  # fmt: skip

COUNTED = ("apple", "star", "cup", "fish", "book", "tree", "coin", "bell", "shoe", "cake", "ring", "bird")

# Keys and values of free-standing JSON. The sample project's label words are among them, tied to nothing, because a
# LoRA does not train embeddings: a word that pretraining never showed would come out garbled after tuning.
JSON_KEYS = (
    "queue", "priority", "product", "order", "colour", "name", "day", "town", "mood", "shape", "fruit", "animal",
    "size", "weather", "room", "tool",
)  # fmt: skip
JSON_VALUES = (
    "HARBOR", "LEDGER", "BENCH", "GATE", "PORCH", "P1", "P2", "P3", "yes", "no", "MEADOW", "TOWER", "ANCHOR", "Q1",
    "Q2", "round", "square", "flat", "oak", "pear", "grape", "melon", "horse", "goat", "cat", "windy", "sunny", "rainy",
    "kitchen", "attic", "cellar", "hammer", "saw", "rope", "calm", "proud", "tired", "tiny", "huge", "Lund", "Bern",
    "Porto", "Oslo",
)  # fmt: skip
