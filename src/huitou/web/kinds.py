"""Every kind of background work: importing this module has the parts declare theirs."""

from huitou.intake import worker as intake
from huitou.members import worker as members
from huitou.segments import tag_worker as tags
from huitou.segments import worker as segments

__all__ = ["intake", "members", "segments", "tags"]
