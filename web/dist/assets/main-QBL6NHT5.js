import{a as m}from"./chunk-N4FYC2TA.js";import"./chunk-CT35M43E.js";import"./chunk-NJCO7SNF.js";import{d as o,x as e}from"./chunk-S7R7T5PG.js";var r=document.getElementById("app");r&&o(e(m,{}),r);
