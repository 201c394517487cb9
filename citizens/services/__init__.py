"""What is done for citizens; each verb asks for permission itself."""

from citizens.services.receipts import follower as follower
from citizens.services.receipts import open_receipt as open_receipt
from citizens.services.receipts import receipt_by_code as receipt_by_code
from citizens.services.receipts import receipt_by_key as receipt_by_key
from citizens.services.reporting import join_report as join_report
from citizens.services.reporting import report_publicly as report_publicly
