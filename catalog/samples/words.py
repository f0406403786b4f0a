"""The made-up words of samples; none is the name of a real publisher or model that we know."""

from functools import cache

ORGANISATION_WORDS = (
    "corvid tidepool lanternfish brackenfield millstone ferngate oakhollow saltmarsh quillwort "
    "starling-row copperleaf dovetail-hill ninefold hedgerow larkmoor pebblecreek thistledown "
    "willowbend amberfen blackthorn-lane cloudberry driftwood-bay elmstead foxglove-hill "
    "greywater hazelmere inkwell-street juniper-row kestrel-yard limewood mossbank northquay "
    "orchard-end paperbark quarrystone rookery-lane sandpiper-bay tamarack umberfield "
    "valleybrook weatherstone yarrow-court zinnia-park appledore birchgrove candlewick "
    "dunlin-point eastmere fallowfield gorsehill hawthorn-gate ivybridge-way"
).split()
ORGANISATION_ENDINGS = (
    "labs research collective works studio lab group systems models ml foundry guild institute "
    "workshop ai open science speech vision commons bench"
).split()
FIRST_SYLLABLES = (
    "mi to ve sa ka lo ne ri du fa be zo ya ha pe ju wi ce no ta le go ma ro si ke da pa vi lu"
).split()
MIDDLE_SYLLABLES = (
    "re va lin mar do sha ni ber ko tal ri zu men ja lo per na vek li das mo ra fin gu ste yo "
    "ham ce bri ol"
).split()
LAST_SYLLABLES = "la wick ra nen ska do berg mi ton ve sen ko".split()
HANDLE_ENDINGS = ("-nn", "-ml", "42", "_dev", "-x")

FAMILY_WORDS = (
    "harrier sparrowhawk pipit dunnock plover wagtail siskin fieldfare redpoll goldcrest "
    "chiffchaff whimbrel godwit turnstone dotterel lapwing bittern gannet petrel fulmar "
    "guillemot razorbill kittiwake shearwater bunting linnet twite brambling hoopoe wryneck "
    "nuthatch treecreeper waxwing ouzel redstart stonechat whinchat blackcap garganey pintail "
    "wigeon gadwall smew scoter eider merganser hawfinch crossbill shrike nightjar corncrake "
    "moorhen dabchick polecat pinemarten dormouse fieldvole stoat leveret badgerling hedgepig "
    "bramble sorrel tansy yarrow teasel burdock comfrey lovage chervil campion speedwell "
    "celandine bugloss vetch sainfoin melilot fumitory pimpernel eyebright harebell bilberry "
    "rowan alder hornbeam sycamore whitebeam spindle buckthorn medlar quince damson bullace "
    "feldspar gneiss schist marl chert ironstone pumice travertine dolerite gabbro "
    "tideline estuary moorland fenland coombe beck tarn corrie drumlin moraine scree holloway"
).split()
FAMILY_PREFIXES = (
    "ash dusk fern moss rain salt stone thorn wind briar cinder dew ember frost glen hollow iron "
    "lark mist night oak pebble quiet reed silver tide umber vale wild amber bright clear deep "
    "east far grey high inland late low marsh new old pale red sand tall under west white winter "
    "summer autumn spring morning evening lone twin broad swift still north south green blue "
    "gold copper tin lead chalk clay flint slate peat turf heath down dale ridge crag cliff bay "
    "sound firth"
).split()

ORGANISATIONS = len(ORGANISATION_WORDS) * len(ORGANISATION_ENDINGS)
PEOPLE = len(FIRST_SYLLABLES) * len(MIDDLE_SYLLABLES) * len(LAST_SYLLABLES) * len(HANDLE_ENDINGS)
PUBLISHERS = ORGANISATIONS + PEOPLE
STRIDE = 7919  # A prime that divides no list's length: neighbours in number differ in name.


@cache
def publisher_slug(rank: int) -> str:
    """The name of the publisher with this rank by size, from 0 up to PUBLISHERS."""
    if rank < ORGANISATIONS:
        mixed = rank * STRIDE % ORGANISATIONS
        word, ending = divmod(mixed, len(ORGANISATION_ENDINGS))
        return f"{ORGANISATION_WORDS[word]}-{ORGANISATION_ENDINGS[ending]}"
    return _handle((rank - ORGANISATIONS) * STRIDE % PEOPLE)


def _handle(number: int) -> str:
    number, ending = divmod(number, len(HANDLE_ENDINGS))
    number, last = divmod(number, len(LAST_SYLLABLES))
    first, middle = divmod(number, len(MIDDLE_SYLLABLES))
    name = FIRST_SYLLABLES[first] + MIDDLE_SYLLABLES[middle] + LAST_SYLLABLES[last]
    return name + HANDLE_ENDINGS[ending]


def family_word(number: int) -> str:
    """The name of the family of this number; no two numbers have the same."""
    generation, word = divmod(number, len(FAMILY_WORDS))
    name = FAMILY_WORDS[(word * STRIDE + generation) % len(FAMILY_WORDS)]
    again, prefix = divmod(generation, len(FAMILY_PREFIXES) + 1)
    if prefix:
        name = FAMILY_PREFIXES[prefix - 1] + name
    return f"{name}-{again + 1}" if again else name
