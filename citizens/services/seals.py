"""How what belongs to platforms is sealed: their secrets as those of channels, what they send as contact data."""

from lianqin.kernel.sealing import Seal

SECRETS = Seal("lianqin.citizens.platforms", "LIANQIN_CHANNEL_KEYS")
CONTENTS = Seal("lianqin.citizens.intake", "LIANQIN_CONTACT_KEYS")
