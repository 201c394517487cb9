"""The admission of new tasks: applications, the form, the opinions, and the matter that comes of it."""

from configuration.pages.admissions.form import EditAdmission, NewAdmission
from configuration.pages.admissions.listed import Admissions
from configuration.pages.admissions.one import AdmissionPage, AdmissionPrint, Paper

__all__ = ["AdmissionPage", "AdmissionPrint", "Admissions", "EditAdmission", "NewAdmission", "Paper"]
