"""Who told us, and what we owe them."""

from citizens.models.following import Callback as Callback
from citizens.models.following import CallOutcome as CallOutcome
from citizens.models.following import CheckState as CheckState
from citizens.models.following import Draw as Draw
from citizens.models.following import PublishedPicture as PublishedPicture
from citizens.models.following import Satisfaction as Satisfaction
from citizens.models.following import SatisfactionChange as SatisfactionChange
from citizens.models.following import SpotCheck as SpotCheck
from citizens.models.following import Way as Way
from citizens.models.receipts import Receipt as Receipt
from citizens.models.reporting import Upload as Upload
from citizens.models.reporting import UploadKind as UploadKind
from citizens.models.reporting import UploadState as UploadState
