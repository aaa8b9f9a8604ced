"""The matrix of cautions and techniques, typed from the clinical tables and not read from content/facts.toml.

A slip in facts.toml shows only against a second transcription: never generate one of the two from the other.
x bars the technique there, m changes it, o leaves it as it is.
"""

COLUMNS = {  # in the order of the cells
    "FD": "find",  # face down; x bars all of `find` only where pressing is barred throughout, else its face-down position
    "BW": "ball.wall",
    "BS": "ball.sitting",
    "BL": "ball.lying",
    "RO": "foam-roller",
    "FI": "fingers",
    "F4": "figure-four",
    "C4": "figure-four-chair",
    "PI": "pigeon",
    "HF": "hip-flexor",
    "BR": "glute-bridge",
    "CL": "clamshell",
    "HE": "heat",
    "IC": "ice",
}

# The spaces part find | press | stretch | strength | heat and ice.
_ROWS = {
    "urgent-sign": "x xxxxx xxxx xx xx",
    "fracture": "x xxxxx xxxx xx xx",
    "clot": "x xxxxx xxxx xx xx",
    "under-18": "x xxxxx xxxx xx xx",
    "skin": "m xxxxx mmxo oo xx",
    "device": "m xxxxx mmxo oo xx",
    "outer-hip": "m xxxxx xxxm om oo",
    "blood-thinner": "m mxxxm oomo oo mo",
    "treated-clot": "m xxxxx oomo oo mo",  # blood-thinner, and no ball or fingers on that leg until a doctor agrees
    "hip-replacement": "m xxxxm xxxx mx mm",
    "hip-replacement-posterior": "m xxxxm xxxx mm mm",
    "hip-replacement-anterior": "x xxxxm xxxx mx mm",
    "hip-replacement-lateral": "m xxxxm xxxx mx mm",
    "hip-replacement-cleared": "o ommxo mmxm oo oo",
    "recent-surgery": "x xxxxx xxxx xx xx",
    "cancer": "x xxxxx mmxm mm xx",
    "past-cancer": "o ooooo oooo oo oo",
    "pregnancy": "m ommxo ooxm oo mo",
    "pregnancy-16-weeks": "x oxxxm xmxm xm mo",
    "pelvic-girdle-pain": "o ooooo ooox ox oo",  # what pregnancy-16-weeks adds for it
    "nerve": "m mxxxm mmxo oo mm",
    "numb-skin": "m xxxxm mmxm oo xx",
    "diabetes": "o ooooo oooo oo mm",
    "circulation": "o mmmmo oooo oo xx",
    "cold-allergy": "o ooooo oooo oo ox",
    "medicine-patch": "o mmmmm oooo oo xm",
    "opioid-patch": "o mmmmm oooo oo xm",  # medicine-patch, wherever on the body it is
    "osteoporosis": "m mxxxo mmxm oo oo",
    "balance": "m mxxxo moxx mm oo",
    "walking-aid": "m xxxxo moxx mm oo",  # balance, and no ball at the wall
    "knee": "o moomo mmxm oo oo",
    "hip-arthritis": "o ooomo mmxm oo oo",
    "flexible-joints": "o ooooo mmxm oo oo",
    "shoulder-wrist": "o oxoxm oomo oo oo",
    "no-face-down": "x oooom oooo oo mo",
    "sit-bone": "o oxmmo omoo oo oo",
}

MATRIX: dict[str, str] = {key: cells.replace(" ", "") for key, cells in _ROWS.items()}
